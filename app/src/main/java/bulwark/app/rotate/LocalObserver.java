package bulwark.app.rotate;

import bulwark.doctor.client.HandshakeAttempt;
import bulwark.doctor.client.ProbeClient;
import bulwark.doctor.client.ShownIdentity;
import bulwark.doctor.target.Target;
import bulwark.doctor.target.TargetPart;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a rotation looks at a process of this machine: what it believes is what is served. */
public final class LocalObserver {
    private static final String VISIT = "rotation";

    private LocalObserver() {}

    /** Asks this address and no other. */
    public static ProbeClient client(URI address) {
        TargetPart part = new TargetPart(VISIT, Map.of("url", address.toString()), List.of());
        return new ProbeClient(new Target(VISIT, Optional.empty(), Map.of(VISIT, part)), VISIT);
    }

    /**
     * One TLS handshake.
     *
     * @param identity what to show to a listener that asks for a certificate; empty for nothing
     * @throws IOException when nothing answers there
     */
    public static HandshakeAttempt handshake(URI listener, Optional<ShownIdentity> identity) throws IOException {
        try (ProbeClient client = client(listener)) {
            return identity.isPresent()
                    ? HandshakeAttempt.with(client, listener, identity.get())
                    : HandshakeAttempt.withoutCertificate(client, listener);
        }
    }
}
