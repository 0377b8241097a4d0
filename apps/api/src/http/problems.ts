import { ProblemException } from '@epochal/contracts';

/** For what does not exist, was deleted, or belongs to another project: the answer tells these apart to nobody. */
export const nothingHere = (what = 'There is nothing'): ProblemException =>
  new ProblemException('not_found', `${what} under this address.`);

export const noSuch = (resource: string, id: string): ProblemException =>
  new ProblemException('not_found', `There is no ${resource} ${id} in this project.`);
