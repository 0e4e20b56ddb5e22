package bulwark.seats.settings;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.config.Loopback;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Digests;
import bulwark.seats.chain.ChainAccess;
import bulwark.seats.chain.NetworkFile;
import bulwark.seats.chain.Preflight;
import bulwark.seats.chain.RpcEndpoint;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.deposit.ForkVersion;
import bulwark.seats.plan.DevelopmentAccounts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which chain a service is about, and how it reaches it. A network file, pinned by its digest, describes the chain; endpoints need one. Single settings beside it
 * must say the same. No sentence of this class repeats an address of an endpoint: it may hold a key.
 */
public final class ChainSettings {
    public static final String ENDPOINTS = "SEAT_MANAGER_EL_RPC_URLS";
    public static final String FILE = "SEAT_MANAGER_NETWORK_FILE";
    public static final String FILE_DIGEST = "SEAT_MANAGER_NETWORK_FILE_SHA256";
    public static final String MAX_HEAD_AGE = "SEAT_MANAGER_MAX_HEAD_AGE_SECONDS";

    private static final int MAX_ENDPOINTS = 10;
    private static final int MAX_HEAD_AGE_SECONDS = 3_600;

    private ChainSettings() {}

    /** The execution clients; empty when none is configured. Opens no connection. @throws CommandFailed naming the setting that cannot be used */
    public static Optional<ChainAccess> open(Configuration settings, Path directory, Clock clock) {
        Optional<SecretBytes> endpoints = settings.secret(ENDPOINTS);
        if (endpoints.isEmpty()) {
            return Optional.empty();
        }
        List<String> faults = new ArrayList<>();
        List<RpcEndpoint> parsed = endpoints(ENDPOINTS, endpoints.get(), faults);
        NetworkFile network = network(settings, directory)
                .orElseThrow(() -> CommandFailed.usage(ENDPOINTS + " needs " + FILE + " and " + FILE_DIGEST));
        if (!faults.isEmpty()) {
            throw CommandFailed.usage(faults.getFirst());
        }
        return Optional.of(ChainAccess.open(network, parsed, Duration.ofSeconds(settings.count(MAX_HEAD_AGE)), clock));
    }

    /** The network of the file; empty when none is named. @throws CommandFailed naming the setting and every field that is wrong */
    public static Optional<NetworkFile> network(Configuration settings, Path directory) {
        if (settings.text(FILE).isEmpty()) {
            return Optional.empty();
        }
        byte[] bytes = bytes(directory.resolve(settings.text(FILE)));
        String digest = Digests.sha256Hex(bytes);
        if (!digest.equals(settings.text(FILE_DIGEST))) {
            throw CommandFailed.usage(FILE + " names a file whose SHA-256 is " + digest + ", and not that of "
                    + FILE_DIGEST + ": somebody changed the file, or the digest was not brought along");
        }
        try {
            NetworkFile network = NetworkFile.read(bytes);
            requireAgreement(settings, network);
            return Optional.of(network);
        } catch (NetworkFile.NetworkFileRefused e) {
            throw CommandFailed.usage(FILE + " names a file that describes no network: " + e.getMessage());
        }
    }

    /** What is wrong with the file that the settings name, without a start; empty when nothing is, or the settings alone are wrong already. */
    public static Optional<String> problem(Configuration settings, Path directory) {
        if (!settings.text(FILE_DIGEST).matches("[0-9a-f]{64}")) {
            return Optional.empty();
        }
        try {
            network(settings, directory);
            return Optional.empty();
        } catch (CommandFailed refused) {
            return Optional.ofNullable(refused.getMessage());
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw CommandFailed.usage(
                    FILE + " names " + file + ", which cannot be read (" + ConfiguredPath.reason(e) + ")");
        }
    }

    private static void requireAgreement(Configuration settings, NetworkFile network) {
        Map<String, String> told = new LinkedHashMap<>();
        told.put("SEAT_MANAGER_CHAIN_ID", Long.toString(network.chainId()));
        told.put("SEAT_MANAGER_TREASURY_ADDRESS", network.treasury().text());
        told.put("SEAT_MANAGER_DEPOSIT_CONTRACT", network.depositContract().text());
        told.put("SEAT_MANAGER_VAULT_FACTORY", network.vaultFactory().text());
        told.put("SEAT_MANAGER_TREASURY_ROUTER", network.treasuryRouter().text());
        told.put("SEAT_MANAGER_CONTRACT_CODE_HASH", network.depositContractCodeHash());
        told.put("SEAT_MANAGER_VAULT_CODE_HASH", network.vaultCodeHash());
        told.put(SeatSettings.GENESIS_FORK_VERSION, network.genesisForkVersion().toString());
        told.forEach((name, value) -> {
            if (settings.isSet(name) && !same(name, settings.text(name), value)) {
                throw CommandFailed.usage(
                        name + " contradicts " + FILE + ", which says " + value + ": take one of them away");
            }
        });
        if (Profile.of(settings) != Profile.DEVELOPMENT) {
            DevelopmentAccounts.find(network.treasury()).ifPresent(known -> {
                throw CommandFailed.usage(FILE + " names as treasury " + known
                        + ", whose key everybody has: name the address of a key of your own");
            });
        }
    }

    private static boolean same(String name, String one, String other) {
        if (name.equals(SeatSettings.GENESIS_FORK_VERSION)) {
            return ForkVersion.parse(one).equals(ForkVersion.parse(other));
        }
        Optional<EvmAddress> address = EvmAddress.parse(one);
        return one.equals(other) || (address.isPresent() && address.equals(EvmAddress.parse(other)));
    }

    static void check(Configuration settings, SettingFindings findings) {
        settings.secret(ENDPOINTS).ifPresent(secret -> {
            List<String> faults = new ArrayList<>();
            endpoints(ENDPOINTS, secret, faults).stream()
                    .filter(endpoint -> "http".equals(endpoint.uri().getScheme()))
                    .filter(endpoint -> !Loopback.isLoopback(endpoint.uri().getHost()))
                    .forEach(endpoint -> findings.warn(ENDPOINTS + " reaches " + endpoint.label()
                            + " over plain HTTP: whoever is on the way can answer in its place. Name https://"));
            faults.forEach(findings::refuse);
            if (settings.text(FILE).isEmpty()) {
                findings.refuse(
                        ENDPOINTS + " needs " + FILE + ": the description of the chain that clients must be of");
            }
        });
        String digest = settings.text(FILE_DIGEST);
        if (!digest.isEmpty() && !digest.matches("[0-9a-f]{64}")) {
            findings.refuse(FILE_DIGEST + " must be 64 hexadecimal digits in lower case, as sha256sum prints them");
        }
        if (settings.text(FILE).isEmpty() != digest.isEmpty()) {
            findings.refuse(FILE + " and " + FILE_DIGEST + " go together: set both, or none");
        }
        long age = settings.count(MAX_HEAD_AGE);
        if (age < 1 || age > MAX_HEAD_AGE_SECONDS) {
            findings.refuse(MAX_HEAD_AGE + " must be 1 to " + MAX_HEAD_AGE_SECONDS + ", not " + age);
        }
    }

    /**
     * Reads {@code label=url,label=url}.
     *
     * @param setting for the sentences
     * @param faults is added to; nothing of the value is repeated but a sound label
     */
    public static List<RpcEndpoint> endpoints(String setting, SecretBytes value, List<String> faults) {
        List<RpcEndpoint> endpoints = new ArrayList<>();
        Set<String> labels = new HashSet<>();
        Set<URI> addresses = new HashSet<>();
        String[] entries = value.exposeText(SecretAccess.grant()).strip().split(",", MAX_ENDPOINTS + 1);
        for (int i = 0; i < entries.length; i++) {
            String place = setting + ", entry " + (i + 1) + ",";
            int equals = entries[i].indexOf('=');
            try {
                RpcEndpoint endpoint = new RpcEndpoint(
                        entries[i].substring(0, Math.max(0, equals)).strip(),
                        URI.create(entries[i].substring(equals + 1).strip()));
                if (endpoint.uri().getRawUserInfo() != null) {
                    faults.add(place + " has a user in its address, which is not sent: leave it out");
                }
                if (!labels.add(endpoint.label())) {
                    faults.add(place + " has the label of another: each needs its own");
                }
                if (!addresses.add(endpoint.uri())) {
                    faults.add(place + " is the address of another: one client that is asked twice proves nothing");
                }
                endpoints.add(endpoint);
            } catch (IllegalArgumentException e) {
                faults.add(place + " must be label=https://host/path: a label is 1 to 31 lower-case letters, digits and"
                        + " hyphens");
            }
        }
        if (entries.length < Preflight.MIN_LABELS || entries.length > MAX_ENDPOINTS) {
            faults.add(setting + " must name " + Preflight.MIN_LABELS + " to " + MAX_ENDPOINTS
                    + " clients, label=url,label=url: one alone cannot be contradicted");
        }
        return endpoints;
    }
}
