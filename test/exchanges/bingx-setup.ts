/** BingX in front of a scripted server. */
import { startBingxStub } from './stub-server.ts';
import { stubSetup } from './stub-setup.ts';

export const { connect, withStub } = stubSetup('bingx', startBingxStub);
