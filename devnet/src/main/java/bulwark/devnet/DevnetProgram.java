package bulwark.devnet;

import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ErrorReport;
import bulwark.kernel.process.PidFile;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.seats.chain.NetworkFile;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.TreasuryRouterAbi;
import bulwark.seats.contract.VaultAddress;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/**
 * A child of {@code up --devnet}: makes a chain and the folders of a treasury, then one block for each slot, until SIGTERM or until its parent is gone. The chain is in memory and in temporary files alone: it
 * ends with this process.
 */
public final class DevnetProgram {
    private static final long CLAIM_DELAY_SECONDS = 3_600;
    private static final BigInteger MAX_CLAIM_WEI = BigInteger.TEN.pow(18);

    private static volatile boolean stopping;

    private DevnetProgram() {}

    /** @param arguments one: the folder of the service, which is empty */
    public static void main(String[] arguments) {
        endWithParent();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopping = true));
        int code = 0;
        try {
            run(Path.of(arguments[0]).toAbsolutePath(), Clock.systemUTC());
        } catch (Exception | AssertionError thrown) {
            // The simulators tell of a client that is gone by an error of tests.
            code = stopping ? 0 : ErrorReport.print(thrown, System.err).plain();
        }
        System.exit(code);
    }

    private static void endWithParent() {
        ProcessHandle.current().parent().ifPresent(parent -> parent.onExit().thenRun(() -> System.exit(0)));
    }

    private static void run(Path folder, Clock clock) throws IOException {
        if (Files.exists(folder.resolve(".env"))) {
            throw new CommandFailed("the chain of " + folder
                    + " ended with the process that made it: stop up with Ctrl-C, and start up --devnet again");
        }
        Signing signing = Signing.fastest();
        SecretBytes secret = signing.random32();
        LocalAccount treasury = new LocalAccount(secret, LocalChain.CHAIN_ID);
        LocalAccount deployer = new LocalAccount(signing.random32(), LocalChain.CHAIN_ID);
        LocalChain chain = LocalChain.start(deployer, treasury.address(), clock);
        Runtime.getRuntime().addShutdownHook(new Thread(chain::close));
        NetworkFile network = chain.network(treasury.address());
        TreasuryFolder files = new TreasuryFolder(folder, clock);
        files.describe(network);
        files.people(signing);
        files.signer(network, secret, signing);
        files.service(network, chain.executionUrls(), chain.consensusUrls());
        seat(chain, treasury, deployer.address(), folder, signing, clock);
        PidFile.write(folder.resolve("devnet.pid"), ProcessHandle.current().pid());
        chain.run();
    }

    /** The vault is made before the service first looks at the account, which goes on from there. */
    private static void seat(
            LocalChain chain, LocalAccount treasury, EvmAddress beneficiary, Path folder, Signing signing, Clock clock)
            throws IOException {
        LocalValidator validator = new LocalValidator(signing.random32());
        byte[] pubkey = validator.pubkey();
        chain.send(
                treasury,
                chain.router,
                TreasuryRouterAbi.CREATE_VAULT.call(
                        pubkey,
                        beneficiary,
                        VaultAddress.PRINCIPAL_TARGET_WEI,
                        BigInteger.valueOf(CLAIM_DELAY_SECONDS),
                        MAX_CLAIM_WEI));
        byte[] credentials = VaultAddress.credentials(
                VaultAddress.of(chain.factory, chain.router, pubkey, beneficiary, CLAIM_DELAY_SECONDS, MAX_CLAIM_WEI));
        try (FirstSeat first = new FirstSeat(folder, clock)) {
            first.people(signing);
            first.seat(pubkey, credentials, validator.depositFile(credentials));
        }
    }
}
