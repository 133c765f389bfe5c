/** An audience that is made when somebody asks for it, as a query to a database would. The first row names the columns. */
export async function* rows() {
  yield ['email', 'tier'];
  for (const name of ['mia', 'noah', 'zoe']) yield [`${name}@example.com`, 'Silver'];
}
