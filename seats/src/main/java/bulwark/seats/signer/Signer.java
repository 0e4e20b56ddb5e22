package bulwark.seats.signer;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.seats.approval.ApprovalRefused;
import bulwark.seats.approval.ApproverList;
import bulwark.seats.deposit.BlsVerifier;
import bulwark.seats.deposit.DepositVerifier;
import bulwark.seats.deposit.ForkVersion;
import bulwark.seats.keystore.Mnemonic;
import bulwark.seats.plan.VaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** A running signer: the one composition, used by the program and by tests. Thread-safe. */
public final class Signer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Signer.class);
    private static final int SENTINEL_SECONDS = 60;

    private final SigningJournal journal;
    private final @Nullable TreasuryKey key;
    private final @Nullable TransactionSigner signer;
    private final @Nullable ValidatorKeys validatorKeys;
    private final @Nullable KeySentinel sentinel;
    private final BlsVerifier bls = BlsVerifier.ofThisProgram();
    private final SignerSocket socket;
    private final ScheduledExecutorService sentinels = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("sentinel").factory());
    /** Since the start, by code; codes are the signer's own. */
    private final Map<String, LongAdder> refusals = new ConcurrentHashMap<>();

    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean failed;

    private Signer(Configuration settings, Path directory, @Nullable TreasuryKey key, Clock clock) throws IOException {
        this.key = key;
        Path store = directory.resolve(settings.text("SEAT_MANAGER_SIGNER_STORE"));
        OwnerOnlyFiles.createDirectories(
                Objects.requireNonNull(store.toAbsolutePath().getParent(), "a file"));
        journal = SigningJournal.open(store, settings.text("SEAT_MANAGER_ACCEPT_EVIDENCE_LOSS"), clock);
        try {
            journal.onFatal(this::fail);
            signer = key == null ? null : signer(settings, directory, key, clock);
            validatorKeys = validatorKeys(settings, directory, clock);
            if (TreasuryKeyOpener.ignoresLocalKey(settings)) {
                journal.localKeyIgnored(
                        Objects.requireNonNull(key, "the one that is used").kind());
            }
            sentinel = key == null ? null : new KeySentinel(key, clock);
            if (sentinel != null) {
                sentinel.run();
                sentinels.scheduleWithFixedDelay(sentinel::run, SENTINEL_SECONDS, SENTINEL_SECONDS, TimeUnit.SECONDS);
            }
            Path path = directory
                    .resolve(settings.text("SEAT_MANAGER_SIGNER_SOCKET"))
                    .toAbsolutePath();
            OwnerOnlyFiles.createDirectories(Objects.requireNonNull(path.getParent(), "a file"));
            socket = SignerSocket.listen(path, Set.copyOf(settings.list("SEAT_MANAGER_SIGNER_CALLERS")), this::answer);
        } catch (IOException | RuntimeException e) {
            journal.close();
            throw e;
        }
    }

    private TransactionSigner signer(Configuration settings, Path directory, TreasuryKey opened, Clock clock) {
        try {
            ApproverList approvers = ApproverList.read(file(settings, directory, "SEAT_MANAGER_APPROVERS_FILE"));
            DepositVerifier deposits = new DepositVerifier(forkVersion(settings), bls);
            return new TransactionSigner(
                    opened,
                    policy(settings, directory),
                    approvers,
                    vaultCode(settings, directory),
                    deposits,
                    journal,
                    clock);
        } catch (SigningRefused | ApprovalRefused e) {
            throw CommandFailed.usage(String.valueOf(e.getMessage()));
        }
    }

    private static SigningPolicy policy(Configuration settings, Path directory) {
        return SigningPolicy.read(file(settings, directory, "SEAT_MANAGER_SIGNER_POLICY_FILE"));
    }

    private static VaultCode vaultCode(Configuration settings, Path directory) {
        return VaultCode.parse(file(settings, directory, "SEAT_MANAGER_VAULT_CREATION_CODE_FILE"))
                .orElseThrow(() -> CommandFailed.usage(
                        "SEAT_MANAGER_VAULT_CREATION_CODE_FILE must name a file with hexadecimal digits"));
    }

    private static ForkVersion forkVersion(Configuration settings) {
        return ForkVersion.parse(settings.text(SignerSettings.FORK_VERSION)).orElseThrow();
    }

    /** Null where no mnemonic is set: no keys are made then. */
    private @Nullable ValidatorKeys validatorKeys(Configuration settings, Path directory, Clock clock) {
        Optional<SecretBytes> mnemonic = settings.secret(SignerSettings.MNEMONIC);
        if (mnemonic.isEmpty()) {
            return null;
        }
        try {
            SigningPolicy policy = policy(settings, directory);
            VaultCode code = vaultCode(settings, directory);
            if (!code.hash().equals(policy.network().vaultCreationCodeHash())) {
                throw CommandFailed.usage(
                        "SEAT_MANAGER_VAULT_CREATION_CODE_FILE holds other code than the policy names:"
                                + " deposits would go to vaults that nobody can make");
            }
            return new ValidatorKeys(
                    Mnemonic.seed(SignerSettings.MNEMONIC, mnemonic.get()),
                    settings.secret(SignerSettings.KEYSTORE_PASSWORD).orElseThrow(),
                    settings.count(SignerSettings.FIRST_KEY_INDEX),
                    new ValidatorKeys.Deposits(policy.network(), code, forkVersion(settings)),
                    journal,
                    clock);
        } catch (SigningRefused e) {
            throw CommandFailed.usage(String.valueOf(e.getMessage()));
        }
    }

    private static byte[] file(Configuration settings, Path directory, String name) {
        Path file = directory.resolve(settings.text(name));
        try {
            OwnerOnlyFiles.check(file);
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw CommandFailed.usage(
                    name + " names " + file + ", which cannot be read (" + ConfiguredPath.reason(e) + ")");
        }
    }

    /**
     * Opens key and journal, signs the sentinel, and listens.
     *
     * @param directory that relative paths of settings start from
     */
    public static Signer start(Configuration settings, Path directory, Clock clock) throws IOException {
        settings.warnings().forEach(LOG::warn);
        @Nullable TreasuryKey key = key(settings, directory);
        try {
            Signer started = new Signer(settings, directory, key, clock);
            LOG.info(
                    "the signer answers with {}",
                    key == null ? "no key: nothing can be signed" : "the " + key.kind() + " key of " + key.address());
            return started;
        } catch (IOException | RuntimeException e) {
            if (key != null) {
                key.close();
            }
            throw e;
        }
    }

    private static @Nullable TreasuryKey key(Configuration settings, Path directory) {
        try {
            return TreasuryKeyOpener.open(settings, directory);
        } catch (SigningRefused e) {
            throw new CommandFailed("The signer does not start (" + e.reason() + "). " + e.sentence());
        }
    }

    private byte[] answer(byte[] request) {
        try {
            JsonNode document = StrictJson.parse(request);
            String wanted = document.path("request").asString("");
            return switch (wanted) {
                case "health" -> StrictJson.write(health());
                case "sign" -> StrictJson.write(sign(document));
                case ValidatorKeyRequest.WORD -> StrictJson.write(generate(document));
                default -> throw new SigningRefused("REQUEST_MALFORMED", "request must be health, sign or generate");
            };
        } catch (StrictJson.JsonRefused e) {
            return refusal(new SigningRefused("REQUEST_MALFORMED", String.valueOf(e.getMessage())));
        } catch (SigningRefused e) {
            return refusal(e);
        } catch (RuntimeException e) {
            LOG.error("a request to sign failed", e);
            return refusal(new SigningRefused(
                    "SIGNER_UNAVAILABLE",
                    "The signer failed; its log says why, and the same request is safe to repeat."));
        }
    }

    private byte[] refusal(SigningRefused refusal) {
        refusals.computeIfAbsent(refusal.code(), code -> new LongAdder()).increment();
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", refusal.code());
        if (!refusal.reason().isEmpty()) {
            error.put("reason", refusal.reason());
        }
        error.put("message", refusal.sentence());
        return StrictJson.write(Map.of("error", error));
    }

    private Map<String, Object> sign(JsonNode document) {
        if (signer == null) {
            throw new SigningRefused(
                    "NO_KEY",
                    "This signer has no key: set SEAT_MANAGER_KMS_KEY_ID, or SEAT_MANAGER_PKCS11_LIBRARY, or"
                            + " SEAT_MANAGER_OWNER_PRIVATE_KEY_FILE.");
        }
        SigningRequest request;
        try {
            request = SigningRequest.read(document);
        } catch (SigningRefused e) {
            journal.refused(e, null, null);
            throw e;
        }
        TransactionSigner.Signed signed = signer.sign(request);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("planDigest", request.plan().digest().text());
        answer.put("rawTransaction", signed.rawTransaction());
        answer.put("transactionHash", signed.hash());
        return answer;
    }

    private Map<String, Object> generate(JsonNode document) {
        try {
            if (validatorKeys == null) {
                throw new SigningRefused(
                        "NO_MNEMONIC",
                        "This signer makes no keys of validators: name a mnemonic of its own in SEAT_MANAGER_MNEMONIC_FILE.");
            }
            return validatorKeys.generate(ValidatorKeyRequest.read(document));
        } catch (SigningRefused e) {
            journal.refused(e, null, null);
            throw e;
        }
    }

    private Map<String, Object> health() {
        Map<String, Object> health = new LinkedHashMap<>();
        @Nullable String journalProblem = journal.problem();
        @Nullable SigningRefused problem = sentinel == null ? null : sentinel.problem();
        boolean ready = sentinel != null && problem == null && journalProblem == null;
        health.put("state", key == null ? "none" : ready ? "ready" : "unavailable");
        health.put("backend", key == null ? "none" : key.kind());
        health.put("address", key == null ? "" : key.address().checksummed());
        health.put("lastSentinel", sentinel == null || sentinel.last() == null ? "" : String.valueOf(sentinel.last()));
        health.put("signed", Long.toString(journal.count()));
        health.put("journal", journal.head());
        Map<String, Object> refused = new TreeMap<>();
        refusals.forEach((code, count) -> refused.put(code, Long.toString(count.sum())));
        health.put("refusals", refused);
        health.put("validatorKeys", validatorKeys == null ? "none" : "mnemonic");
        health.put("fault", problem == null ? "" : problem.reason());
        health.put("reason", journalProblem != null ? journalProblem : problem == null ? "" : problem.sentence());
        return health;
    }

    /** The sentinel now, for tests and after a key came back. */
    void runSentinel() {
        if (sentinel != null) {
            sentinel.run();
        }
    }

    private void fail(Throwable cause) {
        LOG.error("the signer ends: its journal failed", cause);
        failed = true;
        stopped.countDown();
    }

    /** @return exit code, 1 after a fatal fault */
    public int awaitExitCode() throws InterruptedException {
        stopped.await();
        return failed ? 1 : 0;
    }

    @Override
    public void close() {
        socket.close();
        sentinels.shutdownNow();
        bls.close();
        journal.close();
        if (key != null) {
            key.close();
        }
        stopped.countDown();
    }
}
