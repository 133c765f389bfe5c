const slowMs = 2000;

/** The work's own result; where it takes longer than two seconds, says what is going on. */
export async function sayIfSlow<Result>(text: string, say: (line: string) => void, work: Promise<Result>): Promise<Result> {
  const timer = setTimeout(() => say(text), slowMs);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
