package bulwark.tasks.redis;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.tls.ClientTls;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The {@code STEM_TLS_*} settings of one process: one set of material for all its connections, which follows its files. Thread-safe. */
public final class RedisTls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisTls.class);

    private final ClientTls.Files files;
    private final boolean insecure;
    private final ClientTls tls;

    private RedisTls(ClientTls.Files files, boolean insecure, Clock clock) {
        this.files = files;
        this.insecure = insecure;
        tls = ClientTls.load(files, insecure ? ClientTls.Servers.ANY : ClientTls.Servers.TRUSTED, clock);
        if (insecure) {
            LOG.error("STEM_TLS_ALLOW_INSECURE IS SET: any server certificate is accepted, so an attacker between"
                    + " reads and changes every task; use it to find a fault, never to run");
        }
        tls.watch();
    }

    /**
     * @param directory relative paths are resolved against it
     * @throws bulwark.kernel.tls.TlsRefused with setting, file and remedy
     */
    public static RedisTls of(Configuration configuration, Path directory, Clock clock) {
        ClientTls.Files files = new ClientTls.Files(
                path(configuration, "STEM_TLS_CLIENT_CERT", directory),
                path(configuration, "STEM_TLS_CLIENT_KEY", directory),
                path(configuration, "STEM_TLS_CA_CERT", directory));
        return new RedisTls(files, configuration.flag("STEM_TLS_ALLOW_INSECURE"), clock);
    }

    /** For those who have no settings. */
    public static RedisTls of(ClientTls.Files files, boolean insecure, Clock clock) {
        return new RedisTls(files, insecure, clock);
    }

    private static @Nullable ConfiguredPath path(Configuration configuration, String name, Path directory) {
        String text = configuration.text(name);
        return text.isBlank() ? null : new ConfiguredPath(directory.resolve(text.strip()), name);
    }

    boolean insecure() {
        return insecure;
    }

    ClientTls tls() {
        return tls;
    }

    boolean clientCertificate() {
        return files.certificate() != null;
    }

    boolean ownAuthority() {
        return files.caBundle() != null;
    }

    /** True when any of the files is set: with a {@code redis:} URL they have no effect. */
    public boolean configured() {
        return clientCertificate() || ownAuthority();
    }

    /** End of validity of the client certificate, or null without one. */
    public @Nullable Instant expires() {
        return tls.expires();
    }

    @Override
    public void close() {
        tls.close();
    }
}
