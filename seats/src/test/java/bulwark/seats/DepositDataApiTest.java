package bulwark.seats;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.time.SettableClock;
import bulwark.seats.contract.HexText;
import bulwark.seats.deposit.DepositData;
import bulwark.seats.deposit.SignedDeposit;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DepositDataApiTest {
    private static final DepositData DEPOSIT = SignedDeposit.of(1, SignedDeposit.CREDENTIALS, SignedDeposit.NETWORK);

    @TempDir
    private Path folder;

    private SeatsUnderTest start(Map<String, String> more) {
        SeatsUnderTest.deploy(folder);
        Map<String, String> settings = new LinkedHashMap<>(more);
        settings.put("SEAT_MANAGER_PORT", "0");
        SettableClock clock = SeatsUnderTest.CLOCK;
        return SeatsUnderTest.start(folder, settings, clock);
    }

    private SignedIn administrator(SeatsUnderTest seats) throws Exception {
        SeatsUnderTest.createAdmin(folder, "root-admin", SeatsUnderTest.PASSWORD);
        return SignedIn.open(seats, "root-admin", SeatsUnderTest.PASSWORD);
    }

    private static void seat(SignedIn admin) throws Exception {
        assertThat(admin.call(
                                "POST",
                                "/v1/operators",
                                Map.of("name", "Operator", "contact", "ops@example.org"),
                                "Idempotency-Key",
                                "operator-1")
                        .statusCode())
                .isEqualTo(201);
        assertThat(admin.call(
                                "POST",
                                "/v1/seats",
                                Map.of(
                                        "operatorId",
                                        "1",
                                        "pubkey",
                                        HexText.of(DEPOSIT.pubkey()),
                                        "withdrawalCredentials",
                                        HexText.of(DEPOSIT.credentials())),
                                "Idempotency-Key",
                                "seat-0001")
                        .statusCode())
                .isEqualTo(201);
    }

    private static HttpResponse<String> post(SignedIn admin, byte[] file, String key) throws Exception {
        return admin.call(
                "POST",
                "/v1/seats/1/deposit-data",
                Map.of("file", new String(file, StandardCharsets.UTF_8)),
                "Idempotency-Key",
                key);
    }

    private static byte[] file(DepositData deposit) {
        return SignedDeposit.file(SignedDeposit.members(deposit, SignedDeposit.NETWORK));
    }

    @Test
    void verified_data_are_stored_with_their_audit_row_and_what_is_wrong_is_refused_with_codes() throws Exception {
        try (SeatsUnderTest seats = start(Map.of("SEAT_MANAGER_GENESIS_FORK_VERSION", "0x00000286"))) {
            SignedIn admin = administrator(seats);
            seat(admin);
            byte[] flipped = DEPOSIT.signature();
            flipped[50] ^= 1;
            HttpResponse<String> bad = post(
                    admin,
                    file(new DepositData(DEPOSIT.pubkey(), DEPOSIT.credentials(), DEPOSIT.amountGwei(), flipped)),
                    "deposit-1");
            assertThat(bad.statusCode()).isEqualTo(422);
            assertThat(SeatsUnderTest.code(bad)).isEqualTo("DEPOSIT_DATA_INVALID");
            assertThat(SeatsUnderTest.json(bad).at("/error/details/0/code").asString())
                    .isEqualTo("SIGNATURE_INVALID");
            HttpResponse<String> otherKey = post(
                    admin, file(SignedDeposit.of(2, SignedDeposit.CREDENTIALS, SignedDeposit.NETWORK)), "deposit-2");
            assertThat(otherKey.body()).contains("PUBKEY_NOT_OF_THE_SEAT");
            assertThat(admin.get("/v1/seats/1/deposit-data").statusCode()).isEqualTo(404);

            HttpResponse<String> good = post(admin, file(DEPOSIT), "deposit-3");
            assertThat(good.statusCode()).as(good.body()).isEqualTo(200);
            assertThat(SeatsUnderTest.json(good).path("depositDataRoot").asString())
                    .isEqualTo(HexText.of(DEPOSIT.dataRoot()));
            assertThat(post(admin, file(DEPOSIT), "deposit-3").headers().firstValue("Idempotency-Replayed"))
                    .contains("true");
            assertThat(admin.get("/v1/seats/1/deposit-data").body()).isEqualTo(good.body());
            assertThat(admin.get("/v1/audit-logs?action=deposit_data_taken").body())
                    .contains(HexText.of(DEPOSIT.dataRoot()));
        }
    }

    @Test
    void the_content_of_a_file_with_secrets_is_nowhere_afterwards() throws Exception {
        try (SeatsUnderTest seats = start(Map.of("SEAT_MANAGER_GENESIS_FORK_VERSION", "00000286"))) {
            SignedIn admin = administrator(seats);
            seat(admin);
            String secret = "abandon-abandon-c0ffee";
            HttpResponse<String> refused =
                    post(admin, ("{\"mnemonic\":\"" + secret + "\"}").getBytes(StandardCharsets.UTF_8), "deposit-1");
            assertThat(refused.statusCode()).isEqualTo(422);
            assertThat(refused.body()).contains("FILE_HOLDS_SECRETS").doesNotContain(secret);
        }
        try (var files = Files.walk(folder)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(each), StandardCharsets.ISO_8859_1))
                        .as(each.toString())
                        .doesNotContain("c0ffee");
            }
        }
    }

    @Test
    void without_the_networks_fork_version_nothing_is_taken() throws Exception {
        try (SeatsUnderTest seats = start(Map.of())) {
            SignedIn admin = administrator(seats);
            seat(admin);
            HttpResponse<String> refused = post(admin, file(DEPOSIT), "deposit-1");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(SeatsUnderTest.code(refused)).isEqualTo("FORK_VERSION_UNSET");
        }
    }
}
