package bulwark.gateway.opensearch;

import bulwark.gateway.secret.CurrentSecrets;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.GuardDecision;
import bulwark.kernel.network.TargetHost;
import bulwark.kernel.network.TargetRefused;
import bulwark.kernel.network.TargetUrl;
import bulwark.kernel.secrets.SecretBytes;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Where records are sent.
 *
 * @param bulk URL of the bulk API of the index
 * @param credentials user and password, joined by a colon
 */
public record OpenSearchSettings(TargetUrl bulk, Supplier<Optional<SecretBytes>> credentials) {
    public static final String URL = "STOA_OPENSEARCH_URL";

    private static final String INDEX = "STOA_OPENSEARCH_INDEX";
    private static final String CREDENTIALS = "STOA_OPENSEARCH_CREDENTIALS";
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,99}");

    /** Empty when no OpenSearch is named. */
    public static Optional<OpenSearchSettings> of(Configuration settings, CurrentSecrets secrets) {
        String url = settings.text(URL);
        if (url.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new OpenSearchSettings(
                    TargetUrl.parse(url.replaceAll("/+$", "") + "/" + settings.text(INDEX) + "/_bulk"),
                    () -> secrets.get(CREDENTIALS)));
        } catch (TargetRefused e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** @param guard that connections will ask; what it refuses by the address alone is told now */
    public static void check(Configuration settings, SettingFindings findings, Supplier<AddressGuard> guard) {
        String url = settings.text(URL);
        if (!NAME.matcher(settings.text(INDEX)).matches()) {
            findings.refuse(
                    INDEX
                            + " must be of a-z, 0-9, '.', '_' and '-', begin with a letter or digit and have at most 100 characters");
        }
        if (url.isEmpty()) {
            if (settings.secret(CREDENTIALS).isPresent()) {
                findings.refuse(CREDENTIALS + " is set and " + URL + " is not; set both, or neither");
            }
            return;
        }
        try {
            TargetUrl target = TargetUrl.parse(url);
            if (url.indexOf('?') >= 0) {
                findings.refuse(URL + " must not hold a query");
            }
            if (target.host() instanceof TargetHost.Address
                    && guard.get().decide(target) instanceof GuardDecision.Blocked blocked) {
                findings.refuse(URL + ": " + blocked.sentence());
            }
            if (settings.secret(CREDENTIALS).isPresent() && target.scheme().equals("http") && !isLoopback(target)) {
                findings.refuse(URL + " is plain HTTP and would show " + CREDENTIALS + " to the network; use https");
            }
        } catch (TargetRefused e) {
            findings.refuse(URL + ": " + e.getMessage());
        } catch (IllegalArgumentException faultyGuard) {
            // Told where the settings of the guard are checked.
        }
    }

    private static boolean isLoopback(TargetUrl target) {
        return target.host() instanceof TargetHost.Address address
                && address.address().isLoopbackAddress();
    }
}
