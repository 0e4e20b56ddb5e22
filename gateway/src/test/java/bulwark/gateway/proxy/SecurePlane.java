package bulwark.gateway.proxy;

import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.proxy.ListenerTls.ClientAuth;
import bulwark.kernel.time.SettableClock;
import bulwark.kernel.tls.ReloadingTls;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** A data plane that listens with TLS. */
final class SecurePlane implements AutoCloseable {
    final TestAuthority authority;
    final TestPlane test;
    final int port;
    private final ReloadingTls tls;

    SecurePlane(Path folder) {
        this(folder, TestPlane.open());
    }

    SecurePlane(Path folder, CallPipeline pipeline) {
        authority = new TestAuthority(folder.resolve("ca"), new SettableClock(Instant.now()));
        test = new TestPlane(pipeline, List.of("127.0.0.0/8", "::1/128"), authority.trusting());
        tls = authority.server();
        port = test.plane.listenTls("127.0.0.1", 0, new ListenerTls(tls, ClientAuth.NONE));
    }

    FrameClient connect() {
        return FrameClient.secure(port);
    }

    @Override
    public void close() {
        test.close();
        tls.close();
    }
}
