import { ProfileEngine } from '../profile-engine.ts';
import { sendError, type EngineThreadData, type FromEngine } from './engine-link.ts';
import { EngineServer } from './engine-server.ts';

/** Opens an engine in this thread and puts it to one end of a link. What goes wrong is told over the link, as request 0. */
export async function serveEngine({ options, nowS, link }: EngineThreadData): Promise<void> {
  const send = (message: FromEngine): void => link.port.postMessage(message);
  try {
    const listeners = {
      onProgress: (fraction: number) => send({ kind: 'progress', fraction }),
      onSnapshotFailure: (error: unknown) => send({ kind: 'snapshot failed', error: sendError(error) }),
      onWriteFailure: (error: Error) => send({ kind: 'write failed', error: sendError(error) }),
    };
    new EngineServer(await ProfileEngine.open(options, listeners, nowS), link).start();
  } catch (error) {
    send({ kind: 'failed', id: 0, error: sendError(error) });
    link.port.close();
  }
}
