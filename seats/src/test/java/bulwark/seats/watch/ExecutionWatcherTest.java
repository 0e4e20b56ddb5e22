package bulwark.seats.watch;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.seats.chain.EventLog;
import bulwark.seats.chain.ExecutionNode;
import bulwark.seats.chain.JsonRpcClient;
import bulwark.seats.chain.LocalContracts;
import bulwark.seats.chain.RpcEndpoint;
import bulwark.seats.chain.ScriptedNode;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.TreasuryRouterAbi;
import bulwark.seats.deposit.DepositData;
import bulwark.seats.deposit.DepositFile;
import bulwark.seats.seat.SeatRows;
import bulwark.testkit.AnvilChain;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class ExecutionWatcherTest {
    private static final EvmAddress BENEFICIARY = EvmAddress.of("0x" + "be".repeat(20));
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private AnvilChain chain;
    private LocalContracts contracts;
    private ScriptedNode scripted;
    private JsonRpcClient honest;
    private JsonRpcClient other;
    private SeatRows rows;
    private ExecutionWatcher watcher;
    private DepositData seat;

    @BeforeEach
    void start() {
        chain = AnvilChain.start();
        contracts = new LocalContracts(chain);
        scripted = new ScriptedNode(chain.uri());
        honest = new JsonRpcClient(new RpcEndpoint("one", chain.uri()), TIMEOUT);
        other = new JsonRpcClient(new RpcEndpoint("two", scripted.uri()), TIMEOUT);
        rows = new SeatRows(folder);
        watcher = watcher();
        seat = made(1);
        rows.create(1, HexText.of(seat.pubkey()), HexText.of(seat.credentials()));
    }

    private ExecutionWatcher watcher() {
        ExecutionScan scan =
                new ExecutionScan(List.of(new ExecutionNode(honest), new ExecutionNode(other)), contracts.gate, 0);
        return new ExecutionWatcher(rows.store, scan, contracts.router, rows.clock);
    }

    @AfterEach
    void stop() {
        rows.close();
        honest.close();
        other.close();
        scripted.close();
        chain.close();
    }

    /** A key with a vault of its own. */
    private DepositData made(int number) {
        return contracts.made(number, BENEFICIARY);
    }

    /** Blocks behind the head are safe for anvil from the 32nd on. */
    private void settle() {
        chain.call("anvil_mine", "0x24");
    }

    private List<String> alerts() {
        return rows.store.<List<Map<String, Object>>>read(AlertTable::shown).stream()
                .map(alert -> alert.get("code") + " " + alert.get("subject"))
                .toList();
    }

    private List<ScannedBlock> scanned() {
        return rows.store.read(ScannedBlock::newest);
    }

    @Test
    void approval_and_deposit_are_followed_in_the_order_of_the_chain_and_repeated_looks_change_nothing() {
        contracts.approve(seat);
        watcher.pass();
        assertThat(rows.status(1)).as("the approval is not safe yet").isEqualTo("CREATED");
        settle();
        watcher.pass();
        assertThat(rows.status(1)).isEqualTo("ALLOWLISTED");
        contracts.deposit(seat);
        settle();
        watcher.pass();
        assertThat(rows.status(1)).isEqualTo("DEPOSITED");
        long version = rows.seat(1).version();
        watcher().pass();
        watcher.pass();
        assertThat(rows.seat(1).version()).isEqualTo(version);
        assertThat(alerts()).isEmpty();
        Heartbeat beat =
                rows.store.read(tx -> Heartbeat.of(tx, Heartbeat.EXECUTION)).orElseThrow();
        assertThat(beat.position()).isEqualTo(scanned().getFirst().number()).isPositive();
    }

    @Test
    void one_look_at_a_long_history_sees_approval_and_deposit_of_several_seats_and_deposits_of_no_seat() {
        DepositData second = made(2);
        DepositData stray = made(3);
        rows.create(2, HexText.of(second.pubkey()), HexText.of(second.credentials()));
        for (DepositData each : List.of(seat, second, stray)) {
            contracts.approve(each);
            contracts.deposit(each);
        }
        settle();
        watcher.pass();
        assertThat(rows.status(1)).isEqualTo("DEPOSITED");
        assertThat(rows.status(2)).isEqualTo("DEPOSITED");
        assertThat(alerts()).singleElement().asString().startsWith("UNKNOWN_DEPOSIT 0x");
    }

    @Test
    void an_intent_that_was_removed_takes_the_seat_back_and_another_depositors_does_not_count() {
        LocalContracts.succeed(contracts.send(
                TreasuryRouterAbi.ADD_ALLOWED_FOR,
                BigInteger.ZERO,
                seat.pubkey(),
                seat.credentials(),
                DepositFile.SEAT_GWEI,
                BENEFICIARY));
        settle();
        watcher.pass();
        assertThat(rows.status(1)).as("the intent is another depositor's").isEqualTo("CREATED");
        contracts.approve(seat);
        settle();
        watcher.pass();
        assertThat(rows.status(1)).isEqualTo("ALLOWLISTED");
        LocalContracts.succeed(contracts.send(
                TreasuryRouterAbi.REMOVE_ALLOWED,
                BigInteger.ZERO,
                seat.pubkey(),
                seat.credentials(),
                DepositFile.SEAT_GWEI,
                contracts.router));
        settle();
        watcher.pass();
        watcher.pass();
        assertThat(rows.status(1)).isEqualTo("CREATED");
    }

    @Test
    void the_same_key_with_other_credentials_is_an_exception() {
        DepositData foreign = made(4);
        rows.create(4, HexText.of(foreign.pubkey()), "0x01" + "00".repeat(11) + "99".repeat(20));
        contracts.approve(foreign);
        contracts.deposit(foreign);
        settle();
        watcher.pass();
        assertThat(rows.status(4)).isEqualTo("EXCEPTION");
        assertThat(alerts()).containsExactly("PUBKEY_ALREADY_DEPOSITED seat:4");
        assertThat(rows.status(1)).isEqualTo("CREATED");
    }

    @Test
    void a_deposit_that_a_reorganisation_took_away_is_an_exception_and_never_silently_undone() {
        contracts.approve(seat);
        settle();
        watcher.pass();
        contracts.deposit(seat);
        settle();
        watcher.pass();
        assertThat(rows.status(1)).isEqualTo("DEPOSITED");
        chain.call("anvil_reorg", 0x26, List.of());
        settle();
        watcher.pass();
        assertThat(rows.status(1)).isEqualTo("EXCEPTION");
        assertThat(alerts()).contains("DEPOSIT_REORGED seat:1", "CHAIN_REORGANISED watcher:el");
        watcher.pass();
        assertThat(rows.status(1)).isEqualTo("EXCEPTION");
    }

    @Test
    void labels_that_differ_in_one_event_or_in_the_last_hash_change_nothing() {
        contracts.approve(seat);
        settle();
        scripted.lies((asked, answer) ->
                asked.startsWith("eth_getLogs") ? answer.replaceFirst("\"result\":\\[.*\\]", "\"result\":[]") : answer);
        watcher.pass();
        assertThat(rows.status(1)).isEqualTo("CREATED");
        assertThat(scanned()).isEmpty();
        assertThat(alerts()).containsExactly("EL_LABELS_DISAGREE two");
        scripted.lies((asked, answer) -> asked.startsWith("eth_getBlockByNumber") && !asked.contains("safe")
                ? answer.replaceFirst("\"hash\":\"0x..", "\"hash\":\"0x00")
                : answer);
        watcher.pass();
        assertThat(rows.status(1)).isEqualTo("CREATED");
        scripted.lies((asked, answer) -> answer);
        watcher.pass();
        assertThat(rows.status(1)).isEqualTo("ALLOWLISTED");
        assertThat(alerts()).isEmpty();
    }

    @Test
    void one_label_alone_changes_nothing_and_is_named() {
        contracts.approve(seat);
        settle();
        scripted.lies((asked, answer) -> "");
        watcher.pass();
        assertThat(rows.status(1)).isEqualTo("CREATED");
        assertThat(alerts()).containsExactlyInAnyOrder("EL_LABEL_DOWN two", "EL_TOO_FEW_LABELS watcher:el");
        assertThat(rows.store.<Optional<Heartbeat>>read(tx -> Heartbeat.of(tx, Heartbeat.EXECUTION)))
                .isEmpty();
    }

    @Test
    void requests_of_the_vault_are_taken_by_key_and_source_and_a_consolidation_is_an_alert() {
        String source = HexText.of(seat.credentials()).substring(26);
        String key = HexText.of(seat.pubkey()).substring(2);
        rows.store.<Boolean>write(tx -> {
            ExecutionScan.Agreed agreed = new ExecutionScan.Agreed(
                    0,
                    0,
                    false,
                    new ScannedBlock(9, "0x" + "cd".repeat(32)),
                    List.of(
                            request(ExecutionScan.WITHDRAWALS, "99".repeat(20) + key + "00".repeat(8), 1),
                            request(ExecutionScan.WITHDRAWALS, source + key + "00".repeat(8), 2),
                            request(ExecutionScan.CONSOLIDATIONS, "99".repeat(20) + "98".repeat(48) + key, 3),
                            request(ExecutionScan.CONSOLIDATIONS, "99", 4)));
            watcher.apply(tx, agreed, rows.clock.instant());
            return true;
        });
        assertThat(rows.store.read(tx -> ValidatorRow.of(tx, 1)).orElseThrow().exitTx())
                .isEqualTo("0x" + "02".repeat(32));
        assertThat(alerts()).containsExactly("CONSOLIDATION_REQUESTED seat:1");
    }

    private static EventLog request(EvmAddress contract, String data, int index) {
        return new EventLog(
                contract,
                List.of(),
                HexText.bytes("0x" + data),
                5,
                "0x" + "ab".repeat(32),
                "0x" + String.format("%02d", index).repeat(32),
                index);
    }
}
