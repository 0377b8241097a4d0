import { rename, rm, symlink } from 'node:fs/promises';

/** Makes `link` point to `target`, relative to the link's folder, in one step: there is no moment without a link. */
export async function placeLink(link, target) {
  const next = `${link}.${process.pid}.partial`;
  await rm(next, { force: true });
  await symlink(target, next);
  await rename(next, link);
}
