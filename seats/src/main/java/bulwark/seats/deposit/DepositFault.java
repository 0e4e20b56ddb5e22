package bulwark.seats.deposit;

/** Every reason to refuse deposit data: its name is the stable code. */
public enum DepositFault {
    FILE_TOO_LARGE("the file is larger than 16 KiB: deposit data of one validator is far smaller"),
    FILE_HOLDS_SECRETS(
            "the file holds a keystore, a mnemonic or a private key: hand over deposit_data-*.json alone, and treat"
                    + " what is in this file as known to others"),
    FILE_NOT_JSON("the file is not strict JSON"),
    FILE_NOT_ONE_DEPOSIT("the file must hold one deposit: an array of one object, or the object"),
    FIELD_MISSING("a field is missing or is not text or a whole number as the deposit tools write it"),
    FIELD_UNKNOWN("the file has a field that deposit data does not have"),
    PUBKEY_MALFORMED("pubkey must be 96 hexadecimal digits"),
    CREDENTIALS_MALFORMED("withdrawal_credentials must be 64 hexadecimal digits"),
    CREDENTIALS_OF_A_BLS_KEY("withdrawal_credentials begin with 0x00: they pay a BLS key and not the vault"),
    CREDENTIALS_COMPOUND("withdrawal_credentials begin with 0x02: compounding validators are not taken"),
    CREDENTIALS_OF_NO_ADDRESS("withdrawal_credentials must be 0x01, eleven zero bytes and an address"),
    AMOUNT_NOT_OF_A_SEAT("amount must be 32000000000 gwei"),
    SIGNATURE_MALFORMED("signature must be 192 hexadecimal digits"),
    ROOT_MALFORMED("deposit_message_root and deposit_data_root must be 64 hexadecimal digits"),
    FORK_VERSION_MALFORMED("fork_version must be 8 hexadecimal digits"),
    FORK_VERSION_OF_ANOTHER_NETWORK("fork_version belongs to another network: make the file again for this one"),
    MESSAGE_ROOT_WRONG("deposit_message_root is not the root of key, credentials and amount in the file"),
    DATA_ROOT_WRONG("deposit_data_root is not the root of the deposit in the file"),
    PUBKEY_NOT_OF_THE_SEAT("pubkey is not that of the seat"),
    CREDENTIALS_NOT_OF_THE_SEAT("withdrawal_credentials are not those of the seat"),
    SIGNATURE_OF_ANOTHER_NETWORK("the signature was made for another network: make the file again for this one"),
    SIGNATURE_INVALID("the key did not sign this deposit");

    private final String sentence;

    DepositFault(String sentence) {
        this.sentence = sentence;
    }

    /** What is wrong and what mends it; names the field and repeats no value. */
    public String sentence() {
        return sentence;
    }
}
