package bulwark.seats.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import bulwark.kernel.concurrent.Backoff;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.signing.EcdsaSignature;
import bulwark.kernel.signing.Keccak256;
import bulwark.kernel.storage.StoreAtRest;
import bulwark.seats.plan.PlanKind;
import bulwark.testkit.CurveKey.Curve;
import bulwark.testkit.KmsServer;
import bulwark.testkit.KmsServer.Fault;
import bulwark.testkit.KmsServer.State;
import java.nio.file.Files;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkGlobalTime;

/** The unmodified client of AWS against a server that speaks its wire; every fault has its reason, and none leads to another key. */
class KmsTreasuryKeyTest extends TreasuryKeyContract {
    private static final byte[] DIGEST = Keccak256.hash(new byte[] {2, 8, 6});
    private static final String ALIAS = "alias/treasury";

    private final KmsServer kms = new KmsServer();
    private final KmsServer.Key key = kms.createKey(Curve.ECC_SECG_P256K1);

    /** The client corrects its own time by what a refusal says, for every client of the process: the next test begins without that. */
    @AfterEach
    void stop() {
        SdkGlobalTime.setGlobalTimeOffset(0);
        kms.close();
    }

    @Override
    String kind() {
        return "kms";
    }

    @Override
    Map<String, String> settings() {
        kms.alias(ALIAS, key);
        Map<String, String> settings = new HashMap<>(Map.of(
                "SEAT_MANAGER_OWNER_PRIVATE_KEY",
                "",
                "SEAT_MANAGER_KMS_KEY_ID",
                ALIAS,
                "SEAT_MANAGER_KMS_ENDPOINT",
                kms.endpoint(),
                "AWS_REGION",
                KmsServer.REGION,
                "AWS_ACCESS_KEY_ID",
                KmsServer.ACCESS_KEY));
        settings.put("AWS_SECRET_ACCESS_KEY", KmsServer.SECRET_KEY);
        return settings;
    }

    private KmsTreasuryKey open(Map<String, String> more) throws Exception {
        return open(more, Duration.ofSeconds(20));
    }

    /** Attempts are short where an answer is meant to be missed, and long enough for a slow machine elsewhere. */
    private KmsTreasuryKey open(Map<String, String> more, Duration attempt) throws Exception {
        SignerUnderTest none = new SignerUnderTest(folder, settings(), SignerUnderTest.local());
        return KmsConnection.open(
                none.settings(more),
                new KmsRetry(
                        attempt,
                        attempt.multipliedBy(3),
                        new Backoff(Duration.ofMillis(1), Duration.ofMillis(20)),
                        new Random(5)));
    }

    private static String reason(Runnable call) {
        SigningRefused refused = catchThrowableOfType(SigningRefused.class, call::run);
        assertThat(refused).as("it was signed").isNotNull();
        assertThat(refused.code()).isEqualTo("SIGNER_UNAVAILABLE");
        assertThat(refused.sentence()).endsWith(".").doesNotContain(KmsServer.SECRET_KEY);
        return refused.reason();
    }

    @ParameterizedTest
    @CsvSource({"key", "arn", "alias", "alias-arn"})
    void a_key_is_named_by_its_id_its_arn_or_an_alias(String form) throws Exception {
        String name = switch (form) {
            case "key" -> key.id();
            case "arn" -> key.arn();
            case "alias" -> ALIAS;
            default -> key.arn().replace("key/" + key.id(), ALIAS);
        };
        Map<String, String> more =
                Map.of("SEAT_MANAGER_KMS_KEY_ID", name, "AWS_REGION", form.endsWith("arn") ? "" : KmsServer.REGION);
        try (KmsTreasuryKey opened = open(more)) {
            assertThat(opened.sign(DIGEST).isLowS()).isTrue();
            assertThat(opened.toString()).contains(key.arn());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"THROTTLED", "INTERNAL", "ANSWER_LOST"})
    void what_passes_is_asked_again(Fault fault) throws Exception {
        try (KmsTreasuryKey opened = open(Map.of())) {
            int before = kms.requests();
            kms.next(fault, fault);
            RecoveredSignature.of(DIGEST, opened.sign(DIGEST), opened.address());
            assertThat(kms.requests() - before).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "THROTTLED, THROTTLED",
        "INTERNAL, SERVICE_FAILED",
        "ANSWER_LOST, UNREACHABLE",
        "ANSWER_WITHHELD, TIMEOUT",
    })
    void what_does_not_pass_is_refused_at_the_deadline(Fault fault, String reason) throws Exception {
        try (KmsTreasuryKey opened = open(Map.of(), Duration.ofSeconds(1))) {
            kms.lasting = fault;
            assertThat(reason(() -> opened.sign(DIGEST))).isEqualTo(reason);
            assertThat(kms.requests()).as("it was asked more than once").isGreaterThan(3);
            kms.lasting = null;
            RecoveredSignature.of(DIGEST, opened.sign(DIGEST), opened.address());
        }
    }

    @Test
    void an_answer_that_never_comes_is_asked_for_again() throws Exception {
        try (KmsTreasuryKey opened = open(Map.of(), Duration.ofSeconds(1))) {
            kms.next(Fault.ANSWER_WITHHELD);
            RecoveredSignature.of(DIGEST, opened.sign(DIGEST), opened.address());
            assertThat(kms.signatures()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "MALFORMED_DER, ANSWER_MALFORMED",
        "FOREIGN, SIGNATURE_FOREIGN",
        "OTHER_CURVE, SIGNATURE_FOREIGN",
    })
    void an_answer_that_is_no_signature_of_the_key_is_refused(Fault fault, String reason) throws Exception {
        try (KmsTreasuryKey opened = open(Map.of())) {
            kms.next(fault);
            assertThat(reason(() -> opened.sign(DIGEST))).isEqualTo(reason);
        }
    }

    @Test
    void a_signature_with_the_greater_s_is_lowered() throws Exception {
        try (KmsTreasuryKey opened = open(Map.of())) {
            kms.next(Fault.HIGH_S);
            EcdsaSignature signature = opened.sign(DIGEST);
            assertThat(signature.isLowS()).isTrue();
            RecoveredSignature.of(DIGEST, signature, opened.address());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "disabled, KEY_DISABLED",
        "pending, KEY_PENDING_DELETION",
        "denied, ACCESS_DENIED",
        "ahead, CLOCK_SKEW",
        "behind, CLOCK_SKEW",
        "usage, KEY_UNSUITABLE",
    })
    void a_key_that_cannot_be_used_is_refused_by_reason_after_one_request(String what, String reason) throws Exception {
        try (KmsTreasuryKey opened = open(Map.of())) {
            switch (what) {
                case "disabled" -> key.state = State.DISABLED;
                case "pending" -> key.state = State.PENDING_DELETION;
                case "denied" -> kms.denied = true;
                case "ahead" -> kms.skew = Duration.ofMinutes(20);
                case "behind" -> kms.skew = Duration.ofMinutes(-20);
                default -> key.usage = "KEY_AGREEMENT";
            }
            int before = kms.requests();
            assertThat(reason(() -> opened.sign(DIGEST))).isEqualTo(reason);
            assertThat(kms.requests() - before).isEqualTo(1);
            assertThat(kms.signatures()).isZero();
        }
    }

    @Test
    void an_alias_that_was_pointed_elsewhere_is_refused_until_it_points_back() throws Exception {
        try (KmsTreasuryKey opened = open(Map.of())) {
            kms.alias(ALIAS, kms.createKey(Curve.ECC_SECG_P256K1));
            assertThat(reason(() -> opened.sign(DIGEST))).isEqualTo("KEY_MOVED");
            kms.alias(ALIAS, key);
            RecoveredSignature.of(DIGEST, opened.sign(DIGEST), opened.address());
        }
    }

    @Test
    void a_start_refuses_a_key_of_another_kind_state_or_owner() throws Exception {
        KmsServer.Key other = kms.createKey(Curve.ECC_NIST_P256);
        assertThat(opening(Map.of("SEAT_MANAGER_KMS_KEY_ID", other.id()))).isEqualTo("KEY_UNSUITABLE");
        assertThat(opening(Map.of("SEAT_MANAGER_KMS_KEY_ID", "alias/nobody"))).isEqualTo("KEY_MISSING");
        assertThat(opening(Map.of("AWS_SECRET_ACCESS_KEY", "another"))).isEqualTo("CREDENTIALS_REFUSED");
        assertThat(opening(Map.of("AWS_ACCESS_KEY_ID", "AKIDOFSOMEBODY"))).isEqualTo("CREDENTIALS_REFUSED");
        key.usage = "KEY_AGREEMENT";
        assertThat(opening(Map.of())).isEqualTo("KEY_UNSUITABLE");
        key.usage = "SIGN_VERIFY";
        key.state = State.DISABLED;
        assertThat(opening(Map.of())).isEqualTo("KEY_DISABLED");
        assertThat(kms.signatures()).isZero();
    }

    private String opening(Map<String, String> more) {
        return reason(() -> {
            try (KmsTreasuryKey opened = open(more)) {
                assertThat(opened).isNull();
            } catch (SigningRefused e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    /** The local key is not even parsed: a text that is none does not stop the start, and never signs. */
    @Test
    void a_local_key_beside_it_is_not_read_never_signs_and_leaves_a_row() throws Exception {
        Map<String, String> settings = new HashMap<>(settings());
        settings.put("SEAT_MANAGER_OWNER_PRIVATE_KEY", "this is not a key at all");
        try (SignerUnderTest signer = started(settings)) {
            assertThat(signer.client().health().path("backend").asString()).isEqualTo("kms");
            SigningRequest request = signer.request(signer.plan(PlanKind.APPROVE), 0);
            key.state = State.DISABLED;
            signer.signer().runSentinel();
            assertThat(signer.outcome(request)).isEqualTo("SIGNER_UNAVAILABLE KEY_DISABLED");
            assertThat(signer.client().health().path("state").asString()).isEqualTo("unavailable");
            assertThat(signer.client().health().path("fault").asString()).isEqualTo("KEY_DISABLED");
            key.state = State.ENABLED;
            signer.signer().runSentinel();
            assertThat(signer.client().health().path("state").asString()).isEqualTo("ready");
            assertThat(signer.outcome(request)).isEqualTo("signed");
        }
        try (StoreAtRest store = StoreAtRest.openAlsoInUse(folder.resolve("signer.db"))) {
            assertThat(store.<Long>read(tx -> {
                        try (ResultSet row = tx.statement(
                                        "SELECT count(*) FROM signer_audit_log WHERE event_type = 'signer_local_key_ignored'")
                                .executeQuery()) {
                            row.next();
                            return row.getLong(1);
                        }
                    }))
                    .isEqualTo(1);
        }
        assertThat(SigningJournal.fsck(folder.resolve("signer.db")).sentences()).isEmpty();
    }

    @Test
    void a_signer_does_not_start_without_its_key_and_says_why() throws Exception {
        Map<String, String> settings = settings();
        try (SignerUnderTest signer = started(settings)) {
            kms.denied = true;
            key.state = State.PENDING_DELETION;
            assertThatThrownBy(signer::restart)
                    .isInstanceOf(OperatorError.class)
                    .hasMessageContaining("KEY_PENDING_DELETION");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SEAT_MANAGER_KMS_ENDPOINT, http://kms.example",
        "SEAT_MANAGER_KMS_ENDPOINT, https://kms.example",
        "SEAT_MANAGER_KMS_ENDPOINT, file:///etc/passwd",
        "SEAT_MANAGER_KMS_ENDPOINT, not a url",
        "AWS_REGION, ''",
        "AWS_REGION, ../x",
        "AWS_ACCESS_KEY_ID, ''",
        "AWS_SECRET_ACCESS_KEY, ''",
        "SEAT_MANAGER_PKCS11_LIBRARY, /usr/lib/x.so",
        "SEAT_MANAGER_SIGNER_POLICY_FILE, ''",
        "SEAT_MANAGER_GENESIS_FORK_VERSION, ''",
        "SEAT_MANAGER_GENESIS_FORK_VERSION, 00000000",
    })
    void settings_that_cannot_be_right_refuse_the_start_by_name(String name, String value) throws Exception {
        SignerUnderTest none = new SignerUnderTest(folder, settings(), SignerUnderTest.local());
        assertThatThrownBy(() -> none.settings(Map.of(name, value)))
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining(name);
        assertThat(Files.exists(folder.resolve("signer.db"))).isFalse();
    }

    @Test
    void another_endpoint_is_for_other_profiles_than_production() throws Exception {
        SignerUnderTest none = new SignerUnderTest(folder, settings(), SignerUnderTest.local());
        Map<String, String> more =
                Map.of("SEAT_MANAGER_KMS_ENDPOINT", "https://kms.example", "SEAT_MANAGER_ENV", "development");
        assertThat(none.settings(more).text("SEAT_MANAGER_KMS_ENDPOINT")).isEqualTo("https://kms.example");
    }
}
