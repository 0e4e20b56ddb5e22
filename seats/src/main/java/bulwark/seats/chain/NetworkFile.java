package bulwark.seats.chain;

import bulwark.kernel.json.JsonFields;
import bulwark.kernel.json.StrictJson;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.deposit.ForkVersion;
import bulwark.seats.plan.ChainNetwork;
import bulwark.seats.plan.TextFields;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The one description of a chain that everything is compared with: contracts, the code that must stand there, and whose key signs. Every member
 * is a text in one spelling. Immutable.
 *
 * @param name of the network, for people
 * @param treasury the active signer of the router
 * @param depositContractCodeHash {@code keccak256} of the code at the address: 0x and 64 digits; the other hashes likewise
 * @param vaultCreationCodeHash of the code that makes vaults, without its arguments
 * @param genesisBlock that the deposit contract was made in, or an earlier one: the search for deposits begins there
 */
public record NetworkFile(
        String name,
        long chainId,
        ForkVersion genesisForkVersion,
        EvmAddress depositContract,
        EvmAddress vaultFactory,
        EvmAddress treasuryRouter,
        EvmAddress treasury,
        String depositContractCodeHash,
        String vaultFactoryCodeHash,
        String treasuryRouterCodeHash,
        String vaultCodeHash,
        String vaultCreationCodeHash,
        long genesisBlock) {
    public static final int MAX_BYTES = 16_384;
    public static final String SCHEMA = "csm-network/1";

    private static final long MAX_EXACT = 1L << 53;

    /** A file that describes no network. */
    public static final class NetworkFileRefused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient List<String> faults;

        NetworkFileRefused(List<String> faults) {
            super(String.join("; ", faults), null, false, false);
            this.faults = List.copyOf(faults);
        }

        /** Each begins with the field. */
        public List<String> faults() {
            return faults;
        }
    }

    /** @throws NetworkFileRefused naming every field that is wrong */
    public static NetworkFile read(byte[] utf8) {
        if (utf8.length > MAX_BYTES) {
            throw new NetworkFileRefused(List.of("a network file has at most " + MAX_BYTES + " bytes"));
        }
        List<String> faults = new ArrayList<>();
        try {
            NetworkFile file = read(new TextFields(JsonFields.of(StrictJson.parse(utf8), "", faults)));
            if (faults.isEmpty()) {
                return file;
            }
        } catch (StrictJson.JsonRefused e) {
            faults.add(String.valueOf(e.getMessage()));
        }
        throw new NetworkFileRefused(faults);
    }

    private static NetworkFile read(TextFields fields) {
        fields.exactly("schema", SCHEMA);
        String name = fields.name("name");
        long chainId = fields.number("chainId", 1, MAX_EXACT);
        ForkVersion version =
                new ForkVersion(fields.bytes("genesisForkVersion", 4).substring(2));
        version.publicNetwork()
                .ifPresent(known -> fields.fault(
                        "genesisForkVersion",
                        "is that of " + known + ": a deposit signed with it could be replayed there"));
        EvmAddress depositContract = fields.address("depositContract");
        EvmAddress factory = fields.address("vaultFactory");
        EvmAddress router = fields.address("treasuryRouter");
        EvmAddress treasury = fields.address("treasury");
        if (depositContract.equals(factory) || depositContract.equals(router) || factory.equals(router)) {
            fields.fault(
                    "treasuryRouter", "must differ from depositContract and vaultFactory, and they from each other");
        }
        TextFields hashes = fields.object("codeHashes");
        NetworkFile file = new NetworkFile(
                name,
                chainId,
                version,
                depositContract,
                factory,
                router,
                treasury,
                hashes.bytes("depositContract", 32),
                hashes.bytes("vaultFactory", 32),
                hashes.bytes("treasuryRouter", 32),
                hashes.bytes("vault", 32),
                hashes.bytes("vaultCreation", 32),
                fields.number("genesisBlock", 0, MAX_EXACT));
        hashes.end();
        fields.end();
        return file;
    }

    /** As it stands in a file. */
    public Map<String, Object> json() {
        Map<String, Object> hashes = new LinkedHashMap<>();
        hashes.put("depositContract", depositContractCodeHash);
        hashes.put("vaultFactory", vaultFactoryCodeHash);
        hashes.put("treasuryRouter", treasuryRouterCodeHash);
        hashes.put("vault", vaultCodeHash);
        hashes.put("vaultCreation", vaultCreationCodeHash);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schema", SCHEMA);
        json.put("name", name);
        json.put("chainId", Long.toString(chainId));
        json.put("genesisForkVersion", genesisForkVersion.toString());
        json.put("depositContract", depositContract.text());
        json.put("vaultFactory", vaultFactory.text());
        json.put("treasuryRouter", treasuryRouter.text());
        json.put("treasury", treasury.text());
        json.put("codeHashes", hashes);
        json.put("genesisBlock", Long.toString(genesisBlock));
        return json;
    }

    /** What plans name. */
    public ChainNetwork contracts() {
        return new ChainNetwork(chainId, depositContract, vaultFactory, treasuryRouter, vaultCreationCodeHash);
    }

    /** What every client is compared with. */
    CanonicalChain canonical(Duration maxHeadAge) {
        return new CanonicalChain(
                chainId,
                depositContract,
                vaultFactory,
                treasuryRouter,
                treasury,
                depositContractCodeHash,
                vaultFactoryCodeHash,
                treasuryRouterCodeHash,
                maxHeadAge);
    }
}
