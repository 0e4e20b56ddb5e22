package bulwark.seats.watch;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.seats.approval.ApproverList;
import bulwark.seats.approval.PlanKeeper;
import bulwark.seats.approval.PlanSettings;
import bulwark.seats.approval.WatcherProposal;
import bulwark.seats.chain.BlockHead;
import bulwark.seats.chain.ChainAccess;
import bulwark.seats.chain.ExecutionNode.BlockId;
import bulwark.seats.chain.LocalContracts;
import bulwark.seats.chain.NetworkFile;
import bulwark.seats.chain.RpcEndpoint;
import bulwark.seats.chain.ScriptedNode;
import bulwark.seats.contract.ContractCode;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.TreasuryRouterAbi;
import bulwark.seats.contract.VaultAddress;
import bulwark.seats.deposit.DepositData;
import bulwark.seats.deposit.SignedDeposit;
import bulwark.seats.plan.ChainNetwork;
import bulwark.seats.plan.VaultCode;
import bulwark.seats.seat.SeatRows;
import bulwark.seats.send.PlanQueue;
import bulwark.testkit.AnvilChain;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Settlements that no person proposes, on a chain with the contracts. The test sends what is planned, as the treasury would. */
@Timeout(240)
class SettlementWatcherTest {
    private static final EvmAddress BENEFICIARY = EvmAddress.of("0x" + "be".repeat(20));
    private static final String PROPOSED = "settle-propose watcher:cl QUEUED";
    private static final String WITHDRAWN = "withdrawal_done";

    @TempDir
    Path folder;

    private AnvilChain chain;
    private LocalContracts contracts;
    private ScriptedNode scripted;
    private SeatRows rows;
    private ChainAccess access;
    private SettlementWatcher watcher;

    @BeforeEach
    void start() {
        chain = AnvilChain.start();
        contracts = new LocalContracts(chain);
        scripted = new ScriptedNode(chain.uri());
        rows = new SeatRows(folder);
        access = ChainAccess.open(
                contracts.network(),
                List.of(new RpcEndpoint("one", chain.uri()), new RpcEndpoint("two", scripted.uri())),
                Duration.ofHours(1),
                rows.clock);
        watcher = new SettlementWatcher(rows.store, access, proposals(), rows.clock);
    }

    private WatcherProposal proposals() {
        NetworkFile network = contracts.network();
        VaultCode code = VaultCode.parse(
                        HexText.of(ContractCode.WITHDRAWAL_VAULT.creation()).getBytes(StandardCharsets.US_ASCII))
                .orElseThrow();
        PlanSettings.Chain described = new PlanSettings.Chain(
                new ChainNetwork(286, contracts.gate, contracts.factory, contracts.router, code.hash()),
                EvmAddress.of(contracts.signer),
                code,
                network.depositContractCodeHash(),
                network.vaultCodeHash());
        PlanSettings settings = new PlanSettings(
                described, List.of(), 2, ApproverList.EMPTY, BigInteger.TEN, new BigInteger("100000000000"));
        PlanKeeper plans = new PlanKeeper(rows.store, settings, new PlanQueue(rows.store, rows.clock), rows.clock);
        return new WatcherProposal(rows.store, plans, access, rows.clock);
    }

    @AfterEach
    void stop() {
        access.close();
        rows.close();
        scripted.close();
        chain.close();
    }

    /** An active seat with its vault. */
    private EvmAddress seat(long id) {
        byte[] pubkey =
                SignedDeposit.of((int) id, new byte[32], SignedDeposit.NETWORK).pubkey();
        EvmAddress vault = contracts.vault(pubkey, BENEFICIARY);
        DepositData deposit = SignedDeposit.of((int) id, VaultAddress.credentials(vault), SignedDeposit.NETWORK);
        rows.create(id, HexText.of(deposit.pubkey()), HexText.of(deposit.credentials()));
        rows.move(id, "ALLOWLISTED", "DEPOSITED", "SEEN_BY_CL", "ACTIVE");
        return vault;
    }

    private void validator(long id, String status) {
        rows.store.<Boolean>write(tx -> {
            new ValidatorRow(id, status, 9L, null, null).write(tx, id);
            return true;
        });
    }

    private void balance(EvmAddress vault, BigInteger wei) {
        chain.call("anvil_setBalance", vault.text(), "0x" + wei.toString(16));
    }

    private void withdraw(long id, EvmAddress vault) {
        validator(id, WITHDRAWN);
        balance(vault, VaultAddress.PRINCIPAL_TARGET_WEI);
        chain.mine();
    }

    /** The newest block counts as safe. */
    private void look() {
        BlockHead head = access.nodes().getFirst().block(BlockId.LATEST).orElseThrow();
        rows.clock.set(head.time());
        rows.store.<Boolean>write(tx -> {
            new ScannedBlock(head.number(), head.hash()).write(tx);
            return true;
        });
        watcher.pass();
    }

    private List<String> texts(String query) {
        return rows.store.read(tx -> {
            List<String> found = new ArrayList<>();
            try (ResultSet row = tx.statement(query).executeQuery()) {
                while (row.next()) {
                    found.add(row.getString(1));
                }
            }
            return found;
        });
    }

    /** Kind, proposer and state of each. */
    private List<String> plans(long id) {
        return texts(
                "SELECT p.kind || ' ' || p.proposer || ' ' || coalesce(o.status, 'NONE') FROM seat_plans p LEFT JOIN"
                        + " operations o ON o.plan_digest = p.digest WHERE p.seat_id = " + id + " ORDER BY p.number");
    }

    private List<String> phases() {
        return texts("SELECT seat_id || ' ' || phase FROM seat_settlements ORDER BY seat_id");
    }

    private List<String> alerts() {
        return rows.store.<List<Map<String, Object>>>read(AlertTable::shown).stream()
                .map(alert -> alert.get("code") + " " + alert.get("subject"))
                .toList();
    }

    private String cause() {
        return rows.store
                        .<List<Map<String, Object>>>read(AlertTable::shown)
                        .getFirst()
                        .get("cause") + "";
    }

    private void proposeAsTreasury(EvmAddress vault) {
        LocalContracts.succeed(
                contracts.send(TreasuryRouterAbi.PROPOSE_SETTLEMENT, BigInteger.ZERO, vault, BigInteger.ZERO));
    }

    @Test
    void a_withdrawn_seat_is_proposed_finalised_when_the_delay_is_over_and_then_left_alone() {
        EvmAddress vault = seat(1);
        withdraw(1, vault);
        look();
        look();
        assertThat(plans(1)).containsExactly(PROPOSED);
        proposeAsTreasury(vault);
        look();
        assertThat(phases()).containsExactly("1 PROPOSED");
        assertThat(plans(1)).as("the delay is not over").containsExactly(PROPOSED);

        chain.passSeconds(3_601);
        chain.mine();
        look();
        look();
        assertThat(plans(1)).containsExactly(PROPOSED, "settle-finalize watcher:cl QUEUED");
        LocalContracts.succeed(contracts.send(TreasuryRouterAbi.FINALIZE_SETTLEMENT, BigInteger.ZERO, vault));
        look();
        look();
        assertThat(phases()).containsExactly("1 SETTLED");
        assertThat(plans(1)).hasSize(2);
        assertThat(alerts()).isEmpty();
        assertThat(texts("SELECT event_type FROM seats_audit_log WHERE event_type = 'settlement_moved'"))
                .hasSize(3);
    }

    /** Each of the three conditions alone keeps a settlement from being proposed. */
    @ParameterizedTest
    @ValueSource(strings = {"active_exiting", "exited_unslashed", "withdrawal_possible"})
    void a_seat_that_is_not_withdrawn_is_not_settled(String status) {
        EvmAddress vault = seat(1);
        withdraw(1, vault);
        validator(1, status);
        look();
        assertThat(plans(1)).isEmpty();
        assertThat(phases()).isEmpty();
        proposeAsTreasury(vault);
        look();
        assertThat(alerts()).containsExactly("UNEXPECTED_SETTLEMENT seat:1");
        chain.passSeconds(3_601);
        chain.mine();
        look();
        assertThat(plans(1)).isEmpty();
    }

    /** Nobody looks at the vault of a validator that does not exit, until it tells of a proposal. */
    @ParameterizedTest
    @ValueSource(strings = {"active_ongoing", ""})
    void a_settlement_that_somebody_proposed_before_the_exit_is_an_alert(String status) {
        EvmAddress vault = seat(1);
        EvmAddress quiet = seat(2);
        balance(quiet, VaultAddress.PRINCIPAL_TARGET_WEI);
        if (!status.isEmpty()) {
            validator(1, status);
        }
        proposeAsTreasury(vault);
        chain.call("anvil_mine", "0x24");
        look();
        assertThat(phases()).as("its validator does not exit").isEmpty();
        readEvents();
        assertThat(phases()).containsExactly("1 PROPOSED");
        look();
        assertThat(alerts()).containsExactly("UNEXPECTED_SETTLEMENT seat:1");
        assertThat(cause()).contains(status.isEmpty() ? "not known to the consensus layer" : status);
        assertThat(plans(1)).isEmpty();
        readEvents();
        look();
        assertThat(texts("SELECT event_type FROM seats_audit_log WHERE event_type = 'settlement_moved'"))
                .as("once, however often it is read")
                .hasSize(1);
        LocalContracts.succeed(contracts.send(TreasuryRouterAbi.CANCEL_SETTLEMENT, BigInteger.ZERO, vault));
        look();
        assertThat(alerts()).isEmpty();
        assertThat(phases()).containsExactly("1 CANCELLED");
    }

    /** As the watcher of the execution layer does, from the first block on. */
    private void readEvents() {
        rows.store.<Boolean>write(tx -> {
            ScannedBlock.rewind(tx, -1);
            return true;
        });
        ExecutionScan scan = new ExecutionScan(access.nodes(), contracts.gate, 0);
        new ExecutionWatcher(rows.store, scan, contracts.router, rows.clock).pass();
    }

    @Test
    void a_vault_with_less_than_the_principal_waits_for_a_person() {
        EvmAddress vault = seat(1);
        withdraw(1, vault);
        balance(vault, VaultAddress.PRINCIPAL_TARGET_WEI.subtract(BigInteger.ONE));
        chain.mine();
        look();
        assertThat(plans(1)).isEmpty();
        assertThat(alerts()).containsExactly("PRINCIPAL_SHORTFALL seat:1");
        proposeAsTreasury(vault);
        chain.passSeconds(3_601);
        chain.mine();
        look();
        assertThat(plans(1)).isEmpty();
        assertThat(alerts()).containsExactly("SETTLEMENT_STUCK seat:1");
    }

    @Test
    void a_seat_in_exception_and_one_whose_settlement_a_person_cancelled_are_left_to_people() {
        EvmAddress vault = seat(1);
        withdraw(1, vault);
        rows.move(1, "EXCEPTION");
        look();
        assertThat(plans(1)).isEmpty();
        assertThat(cause()).contains("the seat is EXCEPTION");

        EvmAddress cancelled = seat(2);
        withdraw(2, cancelled);
        proposeAsTreasury(cancelled);
        look();
        LocalContracts.succeed(contracts.send(TreasuryRouterAbi.CANCEL_SETTLEMENT, BigInteger.ZERO, cancelled));
        look();
        assertThat(phases()).contains("2 CANCELLED");
        assertThat(plans(2)).isEmpty();
        assertThat(alerts()).contains("SETTLEMENT_STUCK seat:2");
    }

    @Test
    void one_vault_that_cannot_be_read_holds_up_no_other() {
        EvmAddress odd = seat(1);
        EvmAddress other = seat(2);
        withdraw(1, odd);
        withdraw(2, other);
        scripted.lies((asked, answer) -> asked.startsWith("eth_getBalance") && asked.contains(odd.text())
                ? answer.replaceFirst("\"result\":\"0x[0-9a-f]+\"", "\"result\":\"0x1\"")
                : answer);
        look();
        assertThat(alerts()).containsExactly("VAULT_UNREADABLE seat:1");
        assertThat(plans(1)).isEmpty();
        assertThat(plans(2)).containsExactly(PROPOSED);
        scripted.lies((asked, answer) -> answer);
        look();
        assertThat(alerts()).isEmpty();
        assertThat(plans(1)).containsExactly(PROPOSED);
    }

    /** The plan stays for people to approve, and there is no second while it is open. */
    @Test
    void what_the_signer_refuses_is_an_alert_with_its_reason() {
        EvmAddress vault = seat(1);
        withdraw(1, vault);
        look();
        rows.store.<Integer>write(tx -> tx.statement("UPDATE operations SET status = 'FAILED', error_code ="
                        + " 'APPROVALS_MISSING', error = 'The plan has 0 of 2 approvals.'")
                .executeUpdate());
        look();
        assertThat(alerts()).containsExactly("SETTLEMENT_STUCK seat:1");
        assertThat(cause()).contains("APPROVALS_MISSING", "The plan has 0 of 2 approvals");
        String since = texts("SELECT since FROM watch_alerts").getFirst();
        chain.passSeconds(60);
        chain.mine();
        look();
        assertThat(texts("SELECT since FROM watch_alerts")).containsExactly(since);
        assertThat(plans(1)).containsExactly("settle-propose watcher:cl FAILED");
        proposeAsTreasury(vault);
        look();
        assertThat(alerts()).isEmpty();
    }

    @Test
    void a_person_who_rejected_the_plan_is_not_asked_again_while_it_would_count() {
        EvmAddress vault = seat(1);
        withdraw(1, vault);
        look();
        rows.store.<Integer>write(
                tx -> tx.statement("UPDATE seat_plans SET status = 'REJECTED', reason = 'rejected by anna'")
                        .executeUpdate());
        chain.passSeconds(60);
        chain.mine();
        look();
        assertThat(plans(1)).hasSize(1);
        assertThat(cause()).contains("rejected by anna");
    }

    @Test
    void without_the_setting_a_settlement_that_waits_for_an_hour_is_an_alert() {
        watcher = new SettlementWatcher(rows.store, access, null, rows.clock);
        EvmAddress vault = seat(1);
        withdraw(1, vault);
        look();
        assertThat(alerts()).isEmpty();
        chain.passSeconds(3_700);
        chain.mine();
        look();
        assertThat(cause()).contains("SEAT_MANAGER_AUTO_SETTLE");
        assertThat(plans(1)).isEmpty();
    }

    @Test
    void a_label_that_lies_about_the_block_keeps_every_vault_from_being_looked_at() {
        EvmAddress vault = seat(1);
        withdraw(1, vault);
        scripted.lies((asked, answer) -> asked.startsWith("eth_getBlockByNumber")
                ? answer.replaceFirst("\"hash\":\"0x..", "\"hash\":\"0xff")
                : answer);
        look();
        assertThat(plans(1)).isEmpty();
        assertThat(phases()).isEmpty();
    }
}
