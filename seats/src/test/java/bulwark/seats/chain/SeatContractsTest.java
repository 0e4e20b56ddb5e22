package bulwark.seats.chain;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Keccak256;
import bulwark.seats.chain.ExecutionNode.BlockId;
import bulwark.seats.contract.ByteStrings;
import bulwark.seats.contract.ContractCode;
import bulwark.seats.contract.DepositGateAbi;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.IntentHash;
import bulwark.seats.contract.TreasuryRouterAbi;
import bulwark.seats.contract.VaultAddress;
import bulwark.seats.deposit.DepositData;
import bulwark.seats.deposit.DepositFile;
import bulwark.seats.deposit.SignedDeposit;
import bulwark.testkit.AnvilChain;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The contracts and what this program computes of them, on a real EVM. */
@Timeout(120)
class SeatContractsTest {
    private static final BigInteger GWEI = BigInteger.valueOf(1_000_000_000);

    private static AnvilChain chain;
    private static LocalContracts contracts;
    private static JsonRpcClient client;
    private static ExecutionNode node;

    @BeforeAll
    static void deploy() {
        chain = AnvilChain.start();
        contracts = new LocalContracts(chain);
        client = new JsonRpcClient(new RpcEndpoint("anvil", chain.uri()), Duration.ofSeconds(20));
        node = new ExecutionNode(client);
    }

    @AfterAll
    static void stop() {
        if (chain != null) {
            client.close();
            chain.close();
        }
    }

    private static EvmAddress beneficiary() {
        return EvmAddress.of(chain.accounts().get(3));
    }

    /** A deposit of the key's own vault, signed. */
    private static DepositData seat(int seed) {
        byte[] pubkey =
                SignedDeposit.of(seed, new byte[32], SignedDeposit.NETWORK).pubkey();
        return SignedDeposit.of(
                seed, VaultAddress.credentials(contracts.vault(pubkey, beneficiary())), SignedDeposit.NETWORK);
    }

    private static boolean approve(DepositData seat) {
        return contracts
                .send(
                        TreasuryRouterAbi.ADD_ALLOWED_FOR,
                        BigInteger.ZERO,
                        seat.pubkey(),
                        seat.credentials(),
                        DepositFile.SEAT_GWEI,
                        contracts.router)
                .path("status")
                .asString()
                .equals("0x1");
    }

    private static boolean deposit(DepositData seat, byte[] expectedRoot) {
        return contracts
                .send(
                        TreasuryRouterAbi.DEPOSIT,
                        LocalContracts.SEAT_WEI,
                        seat.pubkey(),
                        seat.credentials(),
                        seat.signature(),
                        seat.dataRoot(),
                        expectedRoot)
                .path("status")
                .asString()
                .equals("0x1");
    }

    private static byte[] root() {
        return node.read(contracts.gate, BlockId.LATEST, DepositGateAbi.GET_DEPOSIT_ROOT)
                .bytes(0);
    }

    private static byte[] intent(DepositData seat) {
        return IntentHash.v2(
                seat.pubkey(), seat.credentials(), DepositFile.SEAT_GWEI, contracts.router, BigInteger.ONE);
    }

    @Test
    void the_gate_starts_with_the_root_of_an_empty_tree_and_has_the_pinned_code() {
        assertThat(node.codeHash(contracts.gate, BlockId.LATEST))
                .contains(HexText.of(ContractCode.DEPOSIT_GATE.runtimeHash()));
        try (AnvilChain fresh = AnvilChain.start();
                JsonRpcClient other =
                        new JsonRpcClient(new RpcEndpoint("fresh", fresh.uri()), Duration.ofSeconds(20))) {
            LocalContracts deployed = new LocalContracts(fresh);
            // The root of the deposit contract of Ethereum mainnet before its first deposit.
            assertThat(HexText.of(new ExecutionNode(other)
                            .read(deployed.gate, BlockId.LATEST, DepositGateAbi.GET_DEPOSIT_ROOT)
                            .bytes(0)))
                    .isEqualTo("0xd70a234731285c6804c2a4f56711ddb8c82c99740f207854891028af34e27e5e");
        }
    }

    @Test
    void a_vault_stands_where_we_computed_it_with_everything_as_it_was_asked_for() {
        DepositData seat = seat(11);
        VaultVerifier verifier = new VaultVerifier(node, contracts.factory, contracts.router);
        VaultVerifier.Wanted wanted = new VaultVerifier.Wanted(
                seat.pubkey(), beneficiary(), LocalContracts.CLAIM_DELAY, LocalContracts.MAX_CLAIM);
        EvmAddress vault = verifier.address(wanted);
        assertThat(node.codeHash(vault, BlockId.LATEST))
                .contains(HexText.of(ContractCode.WITHDRAWAL_VAULT.runtimeHash()));
        assertThat(verifier.problems(wanted, BlockId.LATEST)).isEmpty();

        VaultVerifier.Wanted other = new VaultVerifier.Wanted(
                seat.pubkey(), beneficiary(), LocalContracts.CLAIM_DELAY + 1, LocalContracts.MAX_CLAIM);
        assertThat(verifier.problems(other, BlockId.LATEST))
                .as("another vault than the one that was asked for")
                .isNotEmpty();
    }

    @Test
    void a_seat_is_approved_and_deposited_once_and_its_event_says_what_was_signed() {
        DepositData seat = seat(12);
        assertThat(deposit(seat, root())).as("not on the list").isFalse();
        assertThat(approve(seat)).isTrue();
        assertThat(node.read(contracts.gate, BlockId.LATEST, DepositGateAbi.ALLOWED_DEPOSITS, (Object) intent(seat))
                        .flag(0))
                .as("our hash of the intent is the contract's")
                .isTrue();
        byte[] root = root();
        assertThat(deposit(seat, new byte[32])).as("another root than expected").isFalse();
        assertThat(deposit(seat, root)).isTrue();
        assertThat(node.read(contracts.gate, BlockId.LATEST, DepositGateAbi.CONSUMED_INTENTS, (Object) intent(seat))
                        .flag(0))
                .isTrue();
        assertThat(approve(seat)).as("an intent is used once").isFalse();
        assertThat(deposit(seat, root())).isFalse();

        long head = node.block(BlockId.LATEST).orElseThrow().number();
        List<DepositEvent> events = new DepositHistory(node, contracts.gate, 0).until(head);
        DepositEvent event = events.stream()
                .filter(each -> each.isOf(seat.pubkey()))
                .findFirst()
                .orElseThrow();
        assertThat(event.deposit().dataRoot()).isEqualTo(seat.dataRoot());
        assertThat(event.deposit().amountGwei()).isEqualTo(DepositFile.SEAT_GWEI);
        assertThat(HexText.of(root())).isEqualTo(HexText.of(tree(events)));
    }

    /** The deposit tree computed from the events, by the rules of the consensus specification. */
    private static byte[] tree(List<DepositEvent> events) {
        byte[][] level =
                events.stream().map(event -> event.deposit().dataRoot()).toArray(byte[][]::new);
        byte[] empty = new byte[32];
        for (int height = 0; height < 32; height++) {
            byte[][] above = new byte[Math.max(1, (level.length + 1) / 2)][];
            for (int i = 0; i < above.length; i++) {
                byte[] left = 2 * i < level.length ? level[2 * i] : empty;
                byte[] right = 2 * i + 1 < level.length ? level[2 * i + 1] : empty;
                above[i] = Digests.sha256(ByteStrings.concatenated(left, right));
            }
            empty = Digests.sha256(ByteStrings.concatenated(empty, empty));
            level = above;
        }
        byte[] count = new byte[32];
        count[0] = (byte) events.size();
        return Digests.sha256(ByteStrings.concatenated(level[0], count));
    }

    @Test
    void credentials_that_are_not_those_of_the_keys_vault_get_neither_approval_nor_deposit() {
        DepositData own = seat(13);
        DepositData elsewhere = SignedDeposit.of(
                13, VaultAddress.credentials(EvmAddress.of(chain.accounts().get(4))), SignedDeposit.NETWORK);
        assertThat(approve(elsewhere)).isFalse();
        assertThat(approve(own)).isTrue();
        assertThat(deposit(elsewhere, root())).isFalse();
    }

    @Test
    void nobody_but_the_active_signer_sends_through_the_router_and_a_rotation_takes_seven_days() {
        try (AnvilChain other = AnvilChain.start()) {
            LocalContracts fresh = new LocalContracts(other);
            String next = other.accounts().get(5);
            String propose = HexText.of(
                    ByteStrings.concatenated(selector("proposeSigner(address)"), new byte[12], HexText.bytes(next)));
            String accept = HexText.of(selector("acceptSigner()"));
            assertThat(status(other, fresh.signer, fresh.router, propose)).isFalse();
            assertThat(status(other, fresh.governor, fresh.router, propose)).isTrue();
            assertThat(status(other, next, fresh.router, accept)).isFalse();
            other.passSeconds(7 * 86_400 - 60);
            assertThat(status(other, next, fresh.router, accept)).isFalse();
            other.passSeconds(120);
            assertThat(status(other, next, fresh.router, accept)).isTrue();
            assertThat(fresh.send(TreasuryRouterAbi.PAUSE, BigInteger.ZERO)
                            .path("status")
                            .asString())
                    .as("the former signer")
                    .isEqualTo("0x0");
        }
    }

    private static byte[] selector(String signature) {
        return Arrays.copyOf(Keccak256.hash(signature.getBytes(StandardCharsets.US_ASCII)), 4);
    }

    private static boolean status(AnvilChain chain, String from, EvmAddress to, String data) {
        return chain.send(from, to.text(), data, "0x0")
                .path("status")
                .asString()
                .equals("0x1");
    }

    @Test
    void the_balance_of_the_gate_is_the_principal_of_its_deposits() {
        BigInteger count = BigInteger.valueOf(new DepositHistory(node, contracts.gate, 0)
                .until(node.block(BlockId.LATEST).orElseThrow().number())
                .size());
        assertThat(node.balance(contracts.gate, BlockId.LATEST))
                .isEqualTo(count.multiply(BigInteger.valueOf(DepositFile.SEAT_GWEI))
                        .multiply(GWEI));
    }
}
