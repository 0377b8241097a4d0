/** What the event log needs of a Prisma client or of a transaction of one: parameterised SQL. */
export interface Sql {
  $queryRawUnsafe<Row>(query: string, ...values: unknown[]): Promise<Row>;
}
