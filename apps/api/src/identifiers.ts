import { ID_PREFIXES, type ResourceName } from '@epochal/contracts';
import { typeid } from 'typeid-js';

/** A new id of a resource. Ids made later sort after those made before. */
export const newId = (resource: ResourceName): string => typeid(ID_PREFIXES[resource]).toString();
