package bulwark.seats.approval;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.error.CommandFailed;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.plan.ChainNetwork;
import bulwark.seats.plan.VaultCode;
import java.io.IOException;
import java.math.BigInteger;
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
        Optional<EvmAddress> treasury = address(settings, "SEAT_MANAGER_TREASURY_ADDRESS", missing);
        Optional<EvmAddress> deposit = address(settings, "SEAT_MANAGER_DEPOSIT_CONTRACT", missing);
        Optional<EvmAddress> factory = address(settings, "SEAT_MANAGER_VAULT_FACTORY", missing);
        Optional<EvmAddress> router = address(settings, "SEAT_MANAGER_TREASURY_ROUTER", missing);
        for (String name : List.of(
                "SEAT_MANAGER_CONTRACT_CODE_HASH",
                "SEAT_MANAGER_VAULT_CODE_HASH",
                "SEAT_MANAGER_VAULT_CREATION_CODE_FILE")) {
            if (settings.text(name).isEmpty()) {
                missing.add(name);
            }
        }
        return new PlanSettings(
                missing.isEmpty() ? chain(settings, directory, treasury, deposit, factory, router) : null,
                List.copyOf(missing),
                Math.toIntExact(settings.count("SEAT_MANAGER_APPROVALS")),
                approvers(settings, directory),
                new BigInteger(settings.text("SEAT_MANAGER_MAX_EXIT_FEE_WEI")),
                new BigInteger(settings.text("SEAT_MANAGER_MAX_FEE_PER_GAS_WEI")));
    }

    private static Chain chain(
            Configuration settings,
            Path directory,
            Optional<EvmAddress> treasury,
            Optional<EvmAddress> deposit,
            Optional<EvmAddress> factory,
            Optional<EvmAddress> router) {
        String name = "SEAT_MANAGER_VAULT_CREATION_CODE_FILE";
        VaultCode code = VaultCode.parse(file(settings, directory, name))
                .orElseThrow(() -> CommandFailed.usage(
                        name + " must name a file with the creation code of vaults: hexadecimal digits"));
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
