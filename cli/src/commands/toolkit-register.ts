import type { Call, Command } from '../command.ts';
import { applicationOverride, endpointDefinition } from '../toolkit/endpoint-definition.ts';
import { idText, isFields } from '../toolkit/exact-json.ts';
import { ProtocolRefusal } from '../toolkit/protocol-faults.ts';
import { configKeys, type ToolkitConfig } from '../toolkit/toolkit-config.ts';
import { runToolkit, toolkitExitText, toolkitOptions } from '../toolkit/toolkit-run.ts';

export const toolkitRegister: Command = {
  name: 'toolkit register',
  summary: 'register this machine as an endpoint of an exchange, with the key of its configuration',
  operands: [],
  options: toolkitOptions,
  examples: ['npx foyer toolkit register --config toolkit.properties'],
  details:
    'examples/toolkit/config.properties has every key. With a folder to publish from the endpoint is a push source, with one to download\n' +
    'into a pull destination. Run it again after a change of the foyer.endpoint.* keys.\n' +
    toolkitExitText,
  run: (call) =>
    runToolkit(call, 'register', async ({ config, client }) => {
      const answer = await call.slowly('registering …', client.json({ method: 'PUT', ...requestOf(config) }));
      const id = isFields(answer) ? idText(answer['endpointId']) : undefined;
      if (id === undefined || !isFields(answer))
        throw new ProtocolRefusal('the server registered something, but names no endpointId', {
          status: 0,
          code: null,
          retryAfterMs: null,
        });
      if (call.json) call.printJson(answer);
      else printPlaces(call, config, id, idText(answer['status']) ?? 'registered');
      return { done: 1, failed: 0, unreachable: false };
    }),
};

function requestOf(config: ToolkitConfig): { path: string; json: object } {
  const application = config.find(configKeys.applicationId);
  if (application === undefined) return { path: '/v1/endpoint', json: endpointDefinition(config) };
  if (!/^\d+$/.test(application)) throw config.fault(configKeys.applicationId, `is a number, not "${application}"`);
  return { path: `/v1/endpoint/${application}/1`, json: applicationOverride(config) };
}

function printPlaces(call: Call, config: ToolkitConfig, id: string, status: string): void {
  call.print(`Endpoint ${id} is ${status}.`);
  const lines = [
    ...(config.find(configKeys.publishFolder) === undefined ? [] : [configKeys.producerId]),
    ...(config.find(configKeys.downloadFolder) === undefined ? [] : [configKeys.consumerId]),
  ].filter((key) => config.find(key) !== id);
  if (lines.length === 0) return;
  call.print(`Put this into ${config.path}:`);
  for (const key of lines) call.print(`${key}=${id}`);
}
