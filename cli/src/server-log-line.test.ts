import { expect, it } from 'vitest';
import { humanLogLine } from './server-log-line.ts';

const at = Date.UTC(2026, 0, 2, 3, 4, 5);

it('shows warnings and errors as text, with their cause', () => {
  expect(humanLogLine(`{"level":40,"time":${at},"msg":"disk nearly full"}`)).toBe('03:04:05 warning: disk nearly full');
  expect(humanLogLine(`{"level":50,"time":${at},"msg":"call failed","err":{"message":"boom"}}`)).toBe('03:04:05 error: call failed: boom');
});

it('drops what is below a warning', () => {
  expect(humanLogLine(`{"level":30,"time":${at},"msg":"listening"}`)).toBeUndefined();
});

it.each(['foyer: port 8080 is in use', '{"level":', ''])('shows a line that is no log line as it is: "%s"', (line) => {
  expect(humanLogLine(line)).toBe(line);
});
