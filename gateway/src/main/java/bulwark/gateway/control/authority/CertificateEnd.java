package bulwark.gateway.control.authority;

import bulwark.gateway.control.state.ControlObject;
import java.time.Instant;
import java.util.Optional;

/** From when on a certificate of a consumer lets nobody in. Stateless. */
public final class CertificateEnd {
    /** Field: the end of the grace of a certificate that another one took the place of. */
    static final String EXPIRES = "expires_at";

    private CertificateEnd() {}

    /** The earlier one of its own end and that of its grace; empty where it says nothing of either. */
    public static Optional<Instant> of(ControlObject certificate) {
        Optional<Instant> own = certificate.instant("not_after");
        Optional<Instant> grace = certificate.instant(EXPIRES);
        return grace.isPresent() && own.map(grace.get()::isBefore).orElse(true) ? grace : own;
    }
}
