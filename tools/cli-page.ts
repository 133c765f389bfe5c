import type { Command, OptionSpec } from '../cli/src/command.ts';
import { exitCodeTexts } from '../cli/src/exit-codes.ts';
import { globalOptions } from '../cli/src/parse-command-line.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const usage = ({ name, operands }: Command): string => ['foyer', name, ...operands].join(' ');

/** docs/cli.md: every command with its options and examples. */
export function cliPage(commands: readonly Command[]): string {
  const contents = commands.map(
    (command) => `| [\`${usage(command)}\`](#foyer-${command.name.replaceAll(' ', '-')}) | ${cell(command.summary)} |`,
  );
  const codes = exitCodeTexts.map(([code, text]) => `| ${code} | ${cell(text)} |`);
  return `# The foyer command

In the repository it is \`npx foyer\`. \`npm pack -w sdk -w server -w cli\` makes three files that bring it elsewhere, installed together:
\`npm install -g foyer-*.tgz\`. Results go to stdout, everything else to stderr.
With \`--json\` each object is one line of JSON. What deletes or revokes asks first on a terminal; \`--yes\` answers it.

| command | does |
|---|---|
${contents.join('\n')}

Options of every command:

${optionTable(globalOptions)}

| exit code | means |
|---|---|
${codes.join('\n')}

\`foyer serve\` ends with the server's own codes: [runbooks/exit-codes.md](runbooks/exit-codes.md).

${commands.map(commandSection).join('\n')}
This page is made from the table of commands by \`node tools/make-docs.ts\`.
`;
}

function commandSection(command: Command): string {
  const options = Object.keys(command.options).length === 0 ? '' : `\n${optionTable(command.options)}\n`;
  const details = command.details === undefined ? '' : `\n${paragraphs(command.details)}\n`;
  return `## foyer ${command.name}

\`${usage(command)}\`: ${command.summary}.
${details}${options}
\`\`\`sh
${command.examples.join('\n')}
\`\`\`
`;
}

/** Lines that begin with blanks are a table of their own in the help. */
const paragraphs = (text: string): string =>
  text
    .split('\n\n')
    .map((part) => (/^ +/m.test(part) ? `\`\`\`\n${part}\n\`\`\`` : part))
    .join('\n\n');

function optionTable(options: Readonly<Record<string, OptionSpec>>): string {
  const rows = Object.entries(options).map(([name, { type, short, placeholder, choices, description, multiple }]) => {
    const value = type === 'string' ? ` ${choices?.join('|') ?? placeholder ?? 'VALUE'}` : '';
    const flag = `${short === undefined ? '' : `\`-${short}\`, `}\`--${name}${cell(value)}\``;
    return `| ${flag}${multiple ? ' …' : ''} | ${cell(description)} |`;
  });
  return ['| option | |', '|---|---|', ...rows].join('\n');
}
