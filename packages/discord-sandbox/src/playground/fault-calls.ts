// Passes a call from the page on to the sandbox's faults, and keeps which of the lasting ones are on.
import type { FaultCall, FaultState } from './protocol.js';
import type { Faults } from './source.js';

export function callFault(faults: Faults, call: FaultCall, state: FaultState): FaultState {
  switch (call.name) {
    case 'dropGateway':
      faults.dropGateway();
      return state;
    case 'requestReconnect':
      faults.requestReconnect();
      return state;
    case 'invalidateSession':
      faults.invalidateSession(call.resumable);
      return state;
    case 'withholdHeartbeatAcks':
      faults.withholdHeartbeatAcks(call.on);
      return { ...state, withholdHeartbeatAcks: call.on };
    case 'rateLimit':
      faults.rateLimit(call.route, call.retryAfter, call.times);
      return state;
    case 'stallCallbacks':
      faults.stallCallbacks(call.ms);
      return { ...state, stallCallbacks: call.ms };
    case 'failRest':
      faults.failRest(call.status, call.times);
      return state;
  }
}
