package bulwark.seats.approval;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.error.CommandFailed;
import bulwark.seats.chain.NetworkFile;
import bulwark.seats.contract.ContractCode;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.plan.ChainNetwork;
import bulwark.seats.plan.VaultCode;
import bulwark.seats.settings.ChainSettings;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What plans of one service are made with. Immutable.
 *
 * @param chain null when settings are missing
 * @param missing names of the settings that plans need and that are empty
 */
public record PlanSettings(
        @Nullable Chain chain,
        List<String> missing,
        int approvals,
        ApproverList approvers,
        BigInteger maxExitFee,
        BigInteger maxFeePerGas) {
    private static final String VAULT_CODE_FILE = "SEAT_MANAGER_VAULT_CREATION_CODE_FILE";

    /** Treasury and contracts: they come from settings alone, whatever a caller says. */
    public record Chain(
            ChainNetwork network,
            EvmAddress treasury,
            VaultCode vaultCode,
            String depositContractCodeHash,
            String vaultCodeHash) {}

    /**
     * @param directory that relative paths start from
     * @throws CommandFailed naming the setting whose file cannot be used
     */
    public static PlanSettings of(Configuration settings, Path directory) {
        List<String> missing = new ArrayList<>();
        Optional<NetworkFile> network = ChainSettings.network(settings, directory);
        Chain described = network.isPresent()
                ? described(settings, directory, network.get())
                : single(settings, directory, missing);
        return new PlanSettings(
                described,
                List.copyOf(missing),
                Math.toIntExact(settings.count("SEAT_MANAGER_APPROVALS")),
                approvers(settings, directory),
                new BigInteger(settings.text("SEAT_MANAGER_MAX_EXIT_FEE_WEI")),
                new BigInteger(settings.text("SEAT_MANAGER_MAX_FEE_PER_GAS_WEI")));
    }

    /** The code that makes vaults comes with this program, unless a file holds another. */
    private static Chain described(Configuration settings, Path directory, NetworkFile network) {
        VaultCode code = settings.text(VAULT_CODE_FILE).isEmpty()
                ? VaultCode.parse(HexText.of(ContractCode.WITHDRAWAL_VAULT.creation())
                                .getBytes(StandardCharsets.US_ASCII))
                        .orElseThrow()
                : vaultCode(settings, directory);
        if (!code.hash().equals(network.vaultCreationCodeHash())) {
            throw CommandFailed.usage(ChainSettings.FILE + " names codeHashes.vaultCreation "
                    + network.vaultCreationCodeHash() + ", and the creation code of vaults has " + code.hash()
                    + ": name the right file in " + VAULT_CODE_FILE);
        }
        return new Chain(
                network.contracts(),
                network.treasury(),
                code,
                network.depositContractCodeHash(),
                network.vaultCodeHash());
    }

    private static @Nullable Chain single(Configuration settings, Path directory, List<String> missing) {
        Optional<EvmAddress> treasury = address(settings, "SEAT_MANAGER_TREASURY_ADDRESS", missing);
        Optional<EvmAddress> deposit = address(settings, "SEAT_MANAGER_DEPOSIT_CONTRACT", missing);
        Optional<EvmAddress> factory = address(settings, "SEAT_MANAGER_VAULT_FACTORY", missing);
        Optional<EvmAddress> router = address(settings, "SEAT_MANAGER_TREASURY_ROUTER", missing);
        for (String name :
                List.of("SEAT_MANAGER_CONTRACT_CODE_HASH", "SEAT_MANAGER_VAULT_CODE_HASH", VAULT_CODE_FILE)) {
            if (settings.text(name).isEmpty()) {
                missing.add(name);
            }
        }
        return missing.isEmpty() ? chain(settings, directory, treasury, deposit, factory, router) : null;
    }

    private static Chain chain(
            Configuration settings,
            Path directory,
            Optional<EvmAddress> treasury,
            Optional<EvmAddress> deposit,
            Optional<EvmAddress> factory,
            Optional<EvmAddress> router) {
        VaultCode code = vaultCode(settings, directory);
        ChainNetwork network = new ChainNetwork(
                settings.count("SEAT_MANAGER_CHAIN_ID"),
                deposit.orElseThrow(),
                factory.orElseThrow(),
                router.orElseThrow(),
                code.hash());
        return new Chain(
                network,
                treasury.orElseThrow(),
                code,
                settings.text("SEAT_MANAGER_CONTRACT_CODE_HASH"),
                settings.text("SEAT_MANAGER_VAULT_CODE_HASH"));
    }

    private static VaultCode vaultCode(Configuration settings, Path directory) {
        return VaultCode.parse(file(settings, directory, VAULT_CODE_FILE))
                .orElseThrow(() -> CommandFailed.usage(
                        VAULT_CODE_FILE + " must name a file with the creation code of vaults: hexadecimal digits"));
    }

    private static ApproverList approvers(Configuration settings, Path directory) {
        String name = "SEAT_MANAGER_APPROVERS_FILE";
        if (settings.text(name).isEmpty()) {
            return ApproverList.EMPTY;
        }
        try {
            return ApproverList.read(file(settings, directory, name));
        } catch (ApprovalRefused e) {
            throw CommandFailed.usage(name + " names no list of approvers: " + e.getMessage());
        }
    }

    private static byte[] file(Configuration settings, Path directory, String name) {
        Path file = directory.resolve(settings.text(name));
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw CommandFailed.usage(
                    name + " names " + file + ", which cannot be read (" + ConfiguredPath.reason(e) + ")");
        }
    }

    private static Optional<EvmAddress> address(Configuration settings, String name, List<String> missing) {
        Optional<EvmAddress> address = EvmAddress.parse(settings.text(name));
        if (address.isEmpty()) {
            missing.add(name);
        }
        return address;
    }
}
