/** The hot routes over PostgreSQL: one upsert and one commit a call, through a pool of 8 connections (profile-routes.ts). */
import { sourceToWord } from '../../server/src/profiles/source-word.ts';
import { databaseUserId, PostgresProfiles, upsertColumns } from './postgres-profiles.ts';
import { type RouteOptions, type RouteProfiles, serveRoutes } from './profile-routes.ts';

const source = sourceToWord({ kind: 'instant', job: 0 });
const connections = 8;

function routeProfiles(profiles: PostgresProfiles): RouteProfiles {
  return {
    write(users, atS) {
      const rows = users.flatMap(({ userId, additions }) => {
        const inDatabase = databaseUserId(userId);
        return additions.map((addition) => ({ userId: inDatabase, ...addition }));
      });
      return profiles.upsert(upsertColumns(rows), atS, source);
    },
    read: (userId, nowS) => profiles.profile(userId, nowS),
  };
}

process.on('disconnect', () => process.exit(0));
process.once('message', (options: RouteOptions) => {
  serveRoutes(routeProfiles(new PostgresProfiles(options.port, connections)), options);
});
