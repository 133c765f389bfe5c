/** The ways in which Redis is measured: what is promised, and how many commands are sent. */
export const redisVariants = ['everysec', 'always', 'everysec mset'] as const;
export type RedisVariant = (typeof redisVariants)[number];
