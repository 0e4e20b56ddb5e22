/** Which upstream gets a call, and whether it may: balancing with state, circuit breakers, health, and the budget of retries. */
@NullMarked
package bulwark.gateway.balance;

import org.jspecify.annotations.NullMarked;
