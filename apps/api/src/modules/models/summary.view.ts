import { shapeSchema } from '@epochal/contracts';
import type { ModelSummary } from '@epochal/model-spec';
import { z } from 'zod';

/** What `model.summary()` of Keras tells, as data. */
export const summarySchema = z
  .object({
    object: z.literal('model_summary'),
    name: z.string(),
    layers: z.array(
      z.object({
        name: z.string(),
        class_name: z.string(),
        output_shapes: z.array(shapeSchema).meta({ description: "Of the layer's last call" }),
        parameters: z.number().int(),
        connected_to: z.array(z.string()).meta({ description: 'As layer[call][tensor]' }),
      }),
    ),
    parameters: z.object({
      total: z.number().int(),
      trainable: z.number().int(),
      non_trainable: z.number().int(),
    }),
  })
  .meta({ id: 'ModelSummary' });
export type Summary = z.infer<typeof summarySchema>;

export const summaryView = ({ name, rows, parameters }: ModelSummary): Summary => ({
  object: 'model_summary',
  name,
  layers: rows.map((row) => ({
    ...row,
    output_shapes: row.output_shapes.map((shape) => [...shape]),
    connected_to: [...row.connected_to],
  })),
  parameters: { ...parameters },
});
