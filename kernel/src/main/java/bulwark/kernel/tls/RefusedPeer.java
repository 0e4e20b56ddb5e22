package bulwark.kernel.tls;

/**
 * A peer that did not get through the handshake.
 *
 * @param reason one of those of {@link HandshakeFailure#classify}
 * @param source its address without the port
 */
public record RefusedPeer(String reason, String source) {}
