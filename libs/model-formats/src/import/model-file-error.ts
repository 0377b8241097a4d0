/** A file that holds no model of Keras, or not the one that it should. The message is for the user. */
export class ModelFileError extends Error {
  override readonly name = 'ModelFileError';
}
