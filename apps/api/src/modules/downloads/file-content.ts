import { MODEL_FORMATS } from '@epochal/contracts';

const formats = Object.values(MODEL_FORMATS);

/** The media types of all formats, for the documentation: each is bytes. */
export const FILE_CONTENT = Object.fromEntries(
  formats.map(({ media_type: mediaType }) => {
    const described = formats.filter((format) => format.media_type === mediaType);
    const description = described
      .map(({ extension, description: text }) => `${extension}: ${text}`)
      .join('; ');
    return [mediaType, { schema: { description, contentMediaType: mediaType } }];
  }),
);
