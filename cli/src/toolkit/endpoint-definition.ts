import { configKeys, type ToolkitConfig } from './toolkit-config.ts';

interface Column {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
}

const actions = ['ADD', 'REPLACE', 'REMOVE'];

/**
 * The body of `PUT /v1/endpoint` (exchange.md section 2.3). An endpoint is a push source where the configuration names a folder to publish
 * from, and a pull destination where it names one to download into.
 */
export function endpointDefinition(config: ToolkitConfig): object {
  const isSource = config.find(configKeys.publishFolder) !== undefined;
  const isDestination = config.find(configKeys.downloadFolder) !== undefined;
  if (!isSource && !isDestination)
    throw config.fault(
      configKeys.publishFolder,
      `is missing, and so is ${configKeys.downloadFolder}: one of them makes a source or a destination`,
    );
  const name = config.need(configKeys.name);
  return {
    name,
    providerName: config.need(configKeys.providerName),
    description: config.find(configKeys.description) ?? null,
    hashAlgorithm: config.find(configKeys.hashAlgorithm) ?? 'NONE',
    endpointTypes: {
      segment: {
        ...(isSource ? { source: { enabled: true, sourceType: 'push' } } : {}),
        ...(isDestination ? { destination: { enabled: true, destinationType: 'pull', shareActions: shareActions(config) } } : {}),
      },
    },
    marketingDatabasesDefinition: { marketingDatabases: [database(config, name)] },
  };
}

/** What an application leaves to each registration: its own columns, where the configuration names some. */
export function applicationOverride(config: ToolkitConfig): object {
  if (config.find(configKeys.identifiers) === undefined) return {};
  return { marketingDatabasesDefinition: { marketingDatabases: [database(config, config.find(configKeys.name) ?? 'toolkit')] } };
}

function database(config: ToolkitConfig, name: string): object {
  config.need(configKeys.identifiers);
  return { name, identifiers: columns(config, configKeys.identifiers), attributes: columns(config, configKeys.attributes) };
}

/** `email, phone:phone!, score:number`: a name, its type behind a colon, `!` where a destination must get it. */
export function columns(config: ToolkitConfig, key: string): Column[] {
  const texts = (config.find(key) ?? '').split(',').map((text) => text.trim());
  return texts
    .filter((text) => text !== '')
    .map((text) => {
      const [, name, type, required] = /^([^:!]+?)\s*(?::\s*([^:!\s]+))?\s*(!)?$/.exec(text) ?? [];
      if (name === undefined) throw config.fault(key, `has "${text}", which is not NAME, NAME:TYPE or NAME:TYPE!`);
      return { name, type: type ?? usualType(key, name), isRequired: required !== undefined };
    });
}

/** An identifier's type is of a fixed list, and most are named by it. */
const usualType = (key: string, name: string): string => (key === configKeys.identifiers ? name.toLowerCase() : 'string');

function shareActions(config: ToolkitConfig): string[] {
  const text = config.find(configKeys.shareActions);
  if (text === undefined) return actions;
  const wanted = text.split(',').map((action) => action.trim().toUpperCase());
  const unknown = wanted.find((action) => !actions.includes(action));
  if (unknown !== undefined) throw config.fault(configKeys.shareActions, `knows ${actions.join(', ')}, not "${unknown}"`);
  return wanted;
}
