package bulwark.seats.chain;

import bulwark.kernel.signing.Keccak256;
import bulwark.seats.contract.ByteStrings;
import bulwark.seats.contract.ContractCode;
import bulwark.seats.contract.ContractFunction;
import bulwark.seats.contract.DepositGateAbi;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.TreasuryRouterAbi;
import bulwark.seats.contract.VaultAddress;
import bulwark.seats.deposit.DepositData;
import bulwark.seats.deposit.DepositFile;
import bulwark.seats.deposit.ForkVersion;
import bulwark.seats.deposit.SignedDeposit;
import bulwark.testkit.AnvilChain;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The four contracts on a chain of a test, as an operator would deploy them: router, then gate and factory that belong to it, then their connection. */
public final class LocalContracts {
    public static final BigInteger SEAT_WEI = VaultAddress.PRINCIPAL_TARGET_WEI;
    public static final long CLAIM_DELAY = 86_400;
    public static final BigInteger MAX_CLAIM = BigInteger.TEN.pow(18);

    private final AnvilChain chain;
    public final String governor;
    public final String signer;
    public final String destination;
    public final EvmAddress router;
    public final EvmAddress gate;
    public final EvmAddress factory;

    public LocalContracts(AnvilChain chain) {
        this(chain, chain.accounts().get(1));
    }

    /** @param signer of the router; one that the chain does not sign for sends by itself */
    public LocalContracts(AnvilChain chain, String signer) {
        this.chain = chain;
        this.signer = signer;
        governor = chain.accounts().get(0);
        destination = chain.accounts().get(2);
        router = deploy(ContractCode.TREASURY_ROUTER, governor, signer, destination);
        gate = deploy(ContractCode.DEPOSIT_GATE, router.text());
        factory = deploy(ContractCode.VAULT_FACTORY, router.text());
        succeed(chain.send(governor, router.text(), HexText.of(TreasuryRouterAbi.CONNECT.call(gate, factory)), "0x0"));
    }

    private EvmAddress deploy(ContractCode code, String... addresses) {
        byte[] creation = code.creation();
        for (String address : addresses) {
            creation = ByteStrings.concatenated(creation, new byte[12], HexText.bytes(address));
        }
        JsonNode receipt = succeed(chain.send(governor, null, HexText.of(creation), "0x0"));
        return EvmAddress.of(receipt.path("contractAddress").asString().toLowerCase(Locale.ROOT));
    }

    /** @return the receipt @throws AssertionError when the transaction reverted */
    public static JsonNode succeed(JsonNode receipt) {
        if (!receipt.path("status").asString().equals("0x1")) {
            throw new AssertionError("reverted: " + receipt);
        }
        return receipt;
    }

    public JsonNode send(ContractFunction function, BigInteger wei, Object... arguments) {
        return chain.send(signer, router.text(), HexText.of(function.call(arguments)), "0x" + wei.toString(16));
    }

    /** Deploys the vault of a key. */
    public EvmAddress vault(byte[] pubkey, EvmAddress beneficiary) {
        succeed(send(
                TreasuryRouterAbi.CREATE_VAULT,
                BigInteger.ZERO,
                pubkey,
                beneficiary,
                SEAT_WEI,
                BigInteger.valueOf(CLAIM_DELAY),
                MAX_CLAIM));
        return VaultAddress.of(factory, router, pubkey, beneficiary, CLAIM_DELAY, MAX_CLAIM);
    }

    /** A signed deposit of a key, whose vault is deployed. @param number the same for the same key */
    public DepositData made(int number, EvmAddress beneficiary) {
        byte[] pubkey =
                SignedDeposit.of(number, new byte[32], SignedDeposit.NETWORK).pubkey();
        EvmAddress vault = vault(pubkey, beneficiary);
        return SignedDeposit.of(number, VaultAddress.credentials(vault), SignedDeposit.NETWORK);
    }

    public void approve(DepositData deposit) {
        succeed(send(
                TreasuryRouterAbi.ADD_ALLOWED_FOR,
                BigInteger.ZERO,
                deposit.pubkey(),
                deposit.credentials(),
                DepositFile.SEAT_GWEI,
                router));
    }

    public void deposit(DepositData deposit) {
        byte[] root = HexText.bytes(chain.call(
                        "eth_call",
                        Map.of("to", gate.text(), "data", HexText.of(DepositGateAbi.GET_DEPOSIT_ROOT.call())),
                        "latest")
                .asString());
        succeed(send(
                TreasuryRouterAbi.DEPOSIT,
                SEAT_WEI,
                deposit.pubkey(),
                deposit.credentials(),
                deposit.signature(),
                deposit.dataRoot(),
                root));
    }

    public CanonicalChain canonical() {
        return new CanonicalChain(
                286,
                gate,
                factory,
                router,
                EvmAddress.of(signer),
                HexText.of(ContractCode.DEPOSIT_GATE.runtimeHash()),
                codeHash(factory),
                codeHash(router),
                Duration.ofHours(1));
    }

    /** The description that a service is pinned to. */
    public NetworkFile network() {
        return new NetworkFile(
                "local",
                286,
                new ForkVersion("00000286"),
                gate,
                factory,
                router,
                EvmAddress.of(signer),
                codeHash(gate),
                codeHash(factory),
                codeHash(router),
                HexText.of(ContractCode.WITHDRAWAL_VAULT.runtimeHash()),
                HexText.of(ContractCode.WITHDRAWAL_VAULT.creationHash()),
                0);
    }

    private String codeHash(EvmAddress address) {
        return HexText.of(Keccak256.hash(HexText.bytes(
                chain.call("eth_getCode", address.text(), "latest").asString())));
    }
}
