/** What the modules inject: the configuration, the logger, and the connections to the rest of the system. */
export const CONFIGURATION = Symbol('Configuration');
export const LOGGER = Symbol('Logger');
export const DATABASE = Symbol('Database');
export const QUEUE = Symbol('Queue');
export const OBJECT_STORE = Symbol('ObjectStore');
export const NOTIFICATIONS = Symbol('NotificationListener');
