package bulwark.seats.chain;

import bulwark.seats.contract.EvmAddress;
import java.time.Duration;

/**
 * What must be true on every client before anything is planned or signed; it comes from the server's settings alone. Immutable.
 *
 * @param treasury the active signer of the router
 * @param gateCodeHash {@code keccak256} of the gate's code, 0x and 64 digits; router and factory likewise
 * @param maxHeadAge of the newest block
 */
public record CanonicalChain(
        long chainId,
        EvmAddress gate,
        EvmAddress factory,
        EvmAddress router,
        EvmAddress treasury,
        String gateCodeHash,
        String factoryCodeHash,
        String routerCodeHash,
        Duration maxHeadAge) {}
