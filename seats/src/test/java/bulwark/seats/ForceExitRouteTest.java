package bulwark.seats;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.time.SettableClock;
import bulwark.seats.beacon.ScriptedBeacon;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.VaultAddress;
import bulwark.seats.deposit.SignedDeposit;
import bulwark.testkit.ChainGenesis;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** An exit that the consensus layer would drop without a word is not planned: the route asks every consensus client first. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
class ForceExitRouteTest {
    private static final String NEVER = "18446744073709551615";
    private static final String OTHER = "0x010000000000000000000000" + "cc".repeat(20);
    private static final String WALLET = "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc";
    private static final byte[] PUBKEY = SignedDeposit.of(5, SignedDeposit.CREDENTIALS, SignedDeposit.NETWORK)
            .pubkey();

    @TempDir
    static Path folder;

    private final SettableClock clock = new SettableClock(Instant.now());
    private final ScriptedBeacon one = new ScriptedBeacon("one");
    private final ScriptedBeacon two = new ScriptedBeacon("two");
    private ChainUnderTest chain;
    private SeatsUnderTest seats;
    private SignedIn admin;
    private String credentials;
    private int requests;

    @BeforeAll
    void start() throws Exception {
        chain = new ChainUnderTest();
        chain.chain.call("anvil_setCode", ChainGenesis.EXIT_REQUESTS, ChainGenesis.EXIT_REQUESTS_CODE);
        SeatsUnderTest.deploy(folder);
        SeatsUnderTest.createAdmin(folder, "root", SeatsUnderTest.PASSWORD);
        Map<String, String> settings = chain.settings(folder);
        settings.put("SEAT_MANAGER_CL_API_URLS", "one=" + one.uri() + ",two=" + two.uri());
        seats = SeatsUnderTest.start(folder, settings, clock);
        admin = SignedIn.open(seats, "root", SeatsUnderTest.PASSWORD);
        EvmAddress vault = chain.contracts.vault(PUBKEY, new EvmAddress(WALLET));
        credentials = HexText.of(VaultAddress.credentials(vault));
        admin.call("POST", "/v1/operators", Map.of("name", "North"));
        admin.call(
                "POST",
                "/v1/seats",
                Map.of("operatorId", "1", "pubkey", HexText.of(PUBKEY), "withdrawalCredentials", credentials),
                "Idempotency-Key",
                "the-one-seat");
        seats.service()
                .store()
                .<Integer>write(
                        tx -> tx.statement("UPDATE seats SET status = 'ACTIVE'").executeUpdate());
    }

    @AfterAll
    void stop() {
        seats.close();
        one.close();
        two.close();
        chain.close();
    }

    @BeforeEach
    void eligible() {
        one.lies((path, answer) -> answer);
        two.lies((path, answer) -> answer);
        both("active_ongoing", "", "30", NEVER);
        committeePeriod(one, 72);
        committeePeriod(two, 72);
    }

    /** @param given empty for those of the vault */
    private void show(ScriptedBeacon label, String status, String given, String activation, String exit) {
        label.validator(3, HexText.of(PUBKEY), given.isEmpty() ? credentials : given, status, activation, exit);
    }

    private void both(String status, String given, String activation, String exit) {
        show(one, status, given, activation, exit);
        show(two, status, given, activation, exit);
    }

    /** The head of these labels is in epoch 102. */
    private static void committeePeriod(ScriptedBeacon label, int epochs) {
        label.lies((path, answer) -> answer.replace("_PERIOD\":\"256\"", "_PERIOD\":\"" + epochs + "\""));
    }

    private HttpResponse<String> forceExit() throws Exception {
        return forceExit(Map.of());
    }

    private HttpResponse<String> forceExit(Map<String, Object> body) throws Exception {
        return admin.call(
                "POST",
                "/v1/seats/1/force-exit",
                body,
                "Idempotency-Key",
                "force-exit-" + ++requests,
                "X-Step-Up-Token",
                admin.stepUp("force-exit", "1"));
    }

    private int plans() {
        return seats.service().store().<Integer>read(tx -> {
            try (var rows = tx.statement("SELECT count(*) FROM seat_plans").executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        });
    }

    @Test
    void an_exit_that_both_labels_would_carry_out_is_planned_with_the_ceiling_of_its_fee() throws Exception {
        HttpResponse<String> response = forceExit();
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode plan = SeatsUnderTest.json(response);
        assertThat(plan.at("/plan/value").asString())
                .isEqualTo(BigInteger.TEN.pow(15).toString());
        assertThat(plan.path("consensusLayer").asString()).isEqualTo("asked: active_ongoing");
    }

    /** It moves with every request of others: what the plan may cost is bounded, and the vault compares again. */
    @ParameterizedTest
    @CsvSource({"1000000000000001", "0"})
    void a_fee_above_the_ceiling_or_below_the_present_one_is_refused(String fee) throws Exception {
        HttpResponse<String> refused = forceExit(Map.of("maxFeeWei", fee));
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
        assertThat(SeatsUnderTest.code(refused)).isEqualTo("EXIT_FEE_CONFLICT");
    }

    /** The epoch from which an exit counts is the first that is taken: 30 + 72 is the present one, 31 + 72 the next. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            active_ongoing   | -     | 31                   | 18446744073709551615 | an exit counts from epoch 103
            pending_queued   | -     | 103                  | 18446744073709551615 | the validator is not active yet
            pending_queued   | -     | 18446744073709551615 | 18446744073709551615 | the validator is not active yet
            active_exiting   | -     | 30                   | 104                  | the validator exits already
            exited_unslashed | -     | 30                   | 101                  | the validator exits already
            active_slashed   | -     | 30                   | 104                  | the validator exits already
            withdrawal_done  | -     | 30                   | 50                   | the validator exits already
            active_ongoing   | other | 30                   | 18446744073709551615 | not those of the vault
            active_ongoing   | 0x02  | 30                   | 18446744073709551615 | not those of the vault
            """)
    void an_exit_that_the_consensus_layer_would_drop_is_refused(
            String status, String given, String activation, String exit, String reason) throws Exception {
        String shown = given == null ? "" : given.equals("other") ? OTHER : "0x02" + credentials.substring(4);
        both(status, shown, activation, exit);
        int before = plans();
        HttpResponse<String> refused = forceExit();
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
        assertThat(SeatsUnderTest.code(refused)).isEqualTo("EXIT_NOT_ELIGIBLE");
        assertThat(refused.body()).contains("one: ", "two: ", reason);
        assertThat(plans()).isEqualTo(before);
    }

    /** Each label states the committee period of its own network. */
    @Test
    void one_label_that_would_drop_it_is_enough_and_is_named() throws Exception {
        committeePeriod(two, 73);
        HttpResponse<String> refused = forceExit();
        assertThat(SeatsUnderTest.code(refused)).isEqualTo("EXIT_NOT_ELIGIBLE");
        assertThat(refused.body()).contains("two: ").doesNotContain("one: ");
    }

    @Test
    void labels_that_contradict_each_other_or_are_silent_are_no_permission() throws Exception {
        int before = plans();
        show(two, "active_exiting", "", "30", "104");
        assertThat(SeatsUnderTest.code(forceExit())).isEqualTo("PREFLIGHT_FAILED");
        both("active_ongoing", "", "30", NEVER);
        two.lies((path, answer) -> "");
        assertThat(SeatsUnderTest.code(forceExit())).isEqualTo("PREFLIGHT_FAILED");
        assertThat(plans()).isEqualTo(before);
    }

    /** Two labels that know no such key are asked for, before a key counts as free; one that says nothing is none of them. */
    @Test
    void a_key_that_one_label_does_not_know_while_the_other_is_silent_is_not_taken_for_free() throws Exception {
        byte[] pubkey = SignedDeposit.of(6, SignedDeposit.CREDENTIALS, SignedDeposit.NETWORK)
                .pubkey();
        EvmAddress vault = chain.contracts.vault(pubkey, new EvmAddress(WALLET));
        HttpResponse<String> made = admin.call(
                "POST",
                "/v1/seats",
                Map.of(
                        "operatorId",
                        "1",
                        "pubkey",
                        HexText.of(pubkey),
                        "withdrawalCredentials",
                        HexText.of(VaultAddress.credentials(vault))),
                "Idempotency-Key",
                "another-seat");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        String seat = SeatsUnderTest.json(made).path("id").asString();
        int before = plans();
        two.lies((path, answer) -> path.endsWith("/validators") ? "" : answer);
        HttpResponse<String> refused = approve(seat);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
        assertThat(SeatsUnderTest.code(refused)).isEqualTo("PREFLIGHT_FAILED");
        assertThat(refused.body()).contains("two: ");
        assertThat(plans()).isEqualTo(before);
        two.lies((path, answer) -> answer);
        HttpResponse<String> free = approve(seat);
        assertThat(free.statusCode()).as(free.body()).isEqualTo(200);
        assertThat(SeatsUnderTest.json(free).path("consensusLayer").asString())
                .isEqualTo("asked: no validator and no pending deposit");
    }

    private HttpResponse<String> approve(String seat) throws Exception {
        return admin.call(
                "POST",
                "/v1/seats/" + seat + "/approve",
                Map.of(),
                "Idempotency-Key",
                "approve-" + seat + "-" + ++requests);
    }

    /** What the execution layer tells of is a request; that it was taken, the consensus layer alone says. */
    @Test
    void an_exit_counts_as_requested_when_the_consensus_layer_shows_it() throws Exception {
        assertThat(exit()).isEqualTo("NONE");
        seats.service()
                .store()
                .<Integer>write(tx -> tx.statement("INSERT INTO seat_validators (seat_id, cl_status,"
                                + " exit_requested_tx, exit_requested_at) VALUES (1, 'active_ongoing', '0xaa', 1)")
                        .executeUpdate());
        assertThat(exit()).isEqualTo("SENT");
        seats.service()
                .store()
                .<Integer>write(tx -> tx.statement("UPDATE seat_validators SET cl_status =" + " 'active_exiting'")
                        .executeUpdate());
        assertThat(exit()).isEqualTo("REQUESTED");
    }

    private String exit() throws Exception {
        return SeatsUnderTest.json(admin.get("/v1/seats/1")).at("/exit/state").asString();
    }
}
