package bulwark.seats.signer;

import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.VaultAddress;
import bulwark.seats.deposit.BlsFailed;
import bulwark.seats.deposit.DepositData;
import bulwark.seats.deposit.DepositFile;
import bulwark.seats.deposit.ForkVersion;
import bulwark.seats.deposit.ValidatorKeyProcess;
import bulwark.seats.keystore.Keystore;
import bulwark.seats.plan.ChainNetwork;
import bulwark.seats.plan.VaultCode;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keys of the treasury's own validators, from one mnemonic: what leaves this process is a public key, its encrypted file and the signature of one deposit into a vault that is derived here. Thread-safe; one key at
 * a time.
 */
final class ValidatorKeys {
    private static final long PURPOSE = 12_381;
    private static final long COIN = 3_600;
    /** In any hour: each costs seconds of a processor. */
    private static final int MAX_PER_HOUR = 60;

    private final SecretBytes seed;
    private final SecretBytes password;
    private final long firstIndex;
    private final Deposits deposits;
    private final SigningJournal journal;
    private final Signing random = Signing.fastest();
    private final Clock clock;
    private final ReentrantLock generating = new ReentrantLock();

    /** What deposits of these keys are for. Immutable. @param network its contracts @param code that makes vaults */
    record Deposits(ChainNetwork network, VaultCode code, ForkVersion version) {}

    /**
     * @param seed of 64 bytes
     * @param password of every keystore
     * @param firstIndex the least one; greater than 0 where the mnemonic made keys elsewhere
     */
    ValidatorKeys(
            SecretBytes seed,
            SecretBytes password,
            long firstIndex,
            Deposits deposits,
            SigningJournal journal,
            Clock clock) {
        this.seed = seed;
        this.password = password;
        this.firstIndex = firstIndex;
        this.deposits = deposits;
        this.journal = journal;
        this.clock = clock;
    }

    /**
     * The next key. It is in the journal, synced, before it is handed out.
     *
     * @throws SigningRefused when too many were made in the last hour, or its process failed
     */
    Map<String, Object> generate(ValidatorKeyRequest request) {
        generating.lock();
        try {
            journal.requireKeyRate(MAX_PER_HOUR, clock.instant());
            long index = Math.max(firstIndex, journal.nextKeyIndex());
            try (ValidatorKeyProcess key = ValidatorKeyProcess.derive(seed, PURPOSE, COIN, index, 0, 0)) {
                return generate(request, index, key);
            } catch (BlsFailed failed) {
                throw new SigningRefused("SIGNER_UNAVAILABLE", String.valueOf(failed.getMessage()));
            }
        } finally {
            generating.unlock();
        }
    }

    private Map<String, Object> generate(ValidatorKeyRequest request, long index, ValidatorKeyProcess key) {
        String pubkey = HexText.of(key.pubkey());
        EvmAddress vault = deposits.code().address(deposits.network(), pubkey, request.vault());
        byte[] credentials = VaultAddress.credentials(vault);
        String path = "m/" + PURPOSE + "/" + COIN + "/" + index + "/0/0";
        Keystore keystore = Keystore.encrypt(key.secret(), password, pubkey.substring(2), path, random);
        if (keystore.open(password).filter(key.secret()::equalsSecret).isEmpty()) {
            throw new SigningRefused(
                    "SIGNER_UNAVAILABLE", "The keystore that was made does not open again, and was not handed out.");
        }
        byte[] root = new DepositData(key.pubkey(), credentials, DepositFile.SEAT_GWEI, new byte[96])
                .signingRoot(deposits.version());
        DepositData deposit = new DepositData(key.pubkey(), credentials, DepositFile.SEAT_GWEI, key.sign(root));
        journal.keyGenerated(index, pubkey, vault, request.vault().beneficiary(), clock.instant());
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("index", Long.toString(index));
        answer.put("pubkey", pubkey);
        answer.put("vault", vault.text());
        answer.put("depositData", members(deposit));
        answer.put("keystore", keystore.json());
        return answer;
    }

    /** As the tools for deposits write them. */
    private Map<String, Object> members(DepositData deposit) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("pubkey", digits(deposit.pubkey()));
        members.put("withdrawal_credentials", digits(deposit.credentials()));
        members.put("amount", deposit.amountGwei());
        members.put("signature", digits(deposit.signature()));
        members.put("deposit_message_root", digits(deposit.messageRoot()));
        members.put("deposit_data_root", digits(deposit.dataRoot()));
        members.put("fork_version", deposits.version().text());
        members.put("network_name", "chain-" + deposits.network().chainId());
        members.put("deposit_cli_version", "2.7.0");
        return members;
    }

    private static String digits(byte[] bytes) {
        return HexText.of(bytes).substring(2);
    }
}
