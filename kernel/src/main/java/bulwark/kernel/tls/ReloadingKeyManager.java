package bulwark.kernel.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Presents the certificate of the moment. JSSE chooses an alias first and fetches key and chain by it later: a swap in between
 * must not mix two loads, so the alias names the load.
 */
final class ReloadingKeyManager extends X509ExtendedKeyManager {
    private final Supplier<@Nullable TlsMaterial> present;
    private final Function<String, @Nullable TlsMaterial> byAlias;

    /** @param present null: nothing is presented; @param byAlias knows the present and the previous load */
    ReloadingKeyManager(Supplier<@Nullable TlsMaterial> present, Function<String, @Nullable TlsMaterial> byAlias) {
        this.present = present;
        this.byAlias = byAlias;
    }

    private @Nullable String choose(String... keyTypes) {
        TlsMaterial material = present.get();
        if (material == null) {
            return null;
        }
        String algorithm = material.key().getAlgorithm();
        return Arrays.asList(keyTypes).contains(algorithm) ? material.alias() : null;
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return choose(keyTypes);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return choose(keyType);
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return choose(keyTypes);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return choose(keyType);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return aliases(keyType);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return aliases(keyType);
    }

    private String @Nullable [] aliases(String keyType) {
        String alias = choose(keyType);
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        TlsMaterial material = byAlias.apply(alias);
        return material == null ? null : material.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        TlsMaterial material = byAlias.apply(alias);
        return material == null ? null : material.key();
    }
}
