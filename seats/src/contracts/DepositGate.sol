// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// The deposit contract of a permissioned network: the deposit tree of the beacon chain, behind a list of intents.
/// An intent names public key, credentials, amount and depositor, counts within one epoch of ownership, and is used once.
contract DepositGate {
    uint64 public constant SEAT_GWEI = 32_000_000_000;
    uint256 public constant DISABLE_DELAY = 7 days;
    uint256 private constant DEPTH = 32;
    uint256 private constant MAX_DEPOSITS = 2 ** DEPTH - 1;

    address public owner;
    address public pendingOwner;
    uint256 public ownershipEpoch = 1;
    bool public pubkeyAllowlistEnabled = true;
    bool public ownerOnlyDepositorEnabled = true;
    bool public pubkeyAllowlistDisabledForever;
    /// Instant from which the irreversible end of the list may be carried out; 0 when nobody proposed it.
    uint256 public allowlistDisableReadyAt;

    mapping(bytes32 intent => bool) public allowedDeposits;
    mapping(bytes32 intent => bool) public consumedIntents;
    /// By keccak256 of the public key: what the list let through once never comes again, in whatever epoch.
    mapping(bytes32 pubkeyHash => bool) public depositedPubkeys;

    bytes32[DEPTH] private branch;
    bytes32[DEPTH] private emptyNodes;
    uint256 private depositCount;

    event DepositEvent(bytes pubkey, bytes withdrawal_credentials, bytes amount, bytes signature, bytes index);
    event DepositIntentAllowedFor(bytes32 indexed intent, address indexed depositor, uint256 epoch, bytes pubkey);
    event DepositIntentRemovedFor(bytes32 indexed intent, address indexed depositor, uint256 epoch, bytes pubkey);
    event DepositIntentConsumedFor(bytes32 indexed intent, address indexed depositor, uint256 epoch, bytes pubkey);
    event OwnershipTransferred(address indexed from, address indexed to, uint256 epoch);
    event AllowlistSwitched(bool enabled);
    event OwnerOnlyDepositorSwitched(bool enabled);
    event AllowlistDisableProposed(uint256 readyAt);
    event AllowlistDisableCancelled();
    event AllowlistDisabledForever();

    error NotOwner(address caller);
    error NotPendingOwner(address caller);
    error ZeroAddress();
    error DepositIntentNotAllowlisted(bytes32 intent);
    error IntentAlreadyConsumed(bytes32 intent);
    error IntentAlreadyAllowed(bytes32 intent);
    error PubkeyAlreadyDeposited(bytes32 pubkeyHash);
    error DepositorNotOwner(address caller);
    error AllowlistGoneForever();
    error DisableNotProposed();
    error DisableNotReady(uint256 readyAt);
    error InvalidPubkeyLength(uint256 length);
    error InvalidCredentialsLength(uint256 length);
    error InvalidSignatureLength(uint256 length);
    error InvalidAmount(uint256 wei_);
    error InvalidDepositDataRoot(bytes32 computed);
    error LengthsDiffer();
    error TreeFull();

    modifier onlyOwner() {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        _;
    }

    constructor(address firstOwner) {
        if (firstOwner == address(0)) revert ZeroAddress();
        owner = firstOwner;
        for (uint256 height = 0; height < DEPTH - 1; height++) {
            emptyNodes[height + 1] = sha256(abi.encodePacked(emptyNodes[height], emptyNodes[height]));
        }
        emit OwnershipTransferred(address(0), firstOwner, 1);
    }

    // The list of intents.

    function intentHash(bytes calldata pubkey, bytes calldata wc, uint64 amountGwei, address depositor)
        public
        view
        returns (bytes32)
    {
        return keccak256(abi.encode(pubkey, wc, amountGwei, depositor, ownershipEpoch));
    }

    function isAllowedDepositIntentFor(bytes calldata pubkey, bytes calldata wc, uint64 amountGwei, address depositor)
        external
        view
        returns (bool)
    {
        return allowedDeposits[intentHash(pubkey, wc, amountGwei, depositor)];
    }

    function addAllowedDeposit(bytes calldata pubkey, bytes calldata wc) external onlyOwner {
        allow(pubkey, wc, SEAT_GWEI, owner);
    }

    function addAllowedDeposits(bytes[] calldata pubkeys, bytes[] calldata wcs) external onlyOwner {
        if (pubkeys.length != wcs.length) revert LengthsDiffer();
        for (uint256 i = 0; i < pubkeys.length; i++) {
            allow(pubkeys[i], wcs[i], SEAT_GWEI, owner);
        }
    }

    function addAllowedDepositFor(bytes calldata pubkey, bytes calldata wc, uint64 amountGwei, address depositor)
        external
        onlyOwner
    {
        allow(pubkey, wc, amountGwei, depositor);
    }

    function addAllowedDepositsFor(
        bytes[] calldata pubkeys,
        bytes[] calldata wcs,
        uint64[] calldata amountsGwei,
        address[] calldata depositors
    ) external onlyOwner {
        if (pubkeys.length != wcs.length || pubkeys.length != amountsGwei.length || pubkeys.length != depositors.length)
        {
            revert LengthsDiffer();
        }
        for (uint256 i = 0; i < pubkeys.length; i++) {
            allow(pubkeys[i], wcs[i], amountsGwei[i], depositors[i]);
        }
    }

    /// Takes an intent off the list. It is not used up: the owner may put it there again.
    function removeAllowedDeposit(bytes calldata pubkey, bytes calldata wc, uint64 amountGwei, address depositor)
        external
        onlyOwner
    {
        bytes32 intent = intentHash(pubkey, wc, amountGwei, depositor);
        if (!allowedDeposits[intent]) revert DepositIntentNotAllowlisted(intent);
        delete allowedDeposits[intent];
        emit DepositIntentRemovedFor(intent, depositor, ownershipEpoch, pubkey);
    }

    function allow(bytes calldata pubkey, bytes calldata wc, uint64 amountGwei, address depositor) private {
        if (pubkey.length != 48) revert InvalidPubkeyLength(pubkey.length);
        if (wc.length != 32) revert InvalidCredentialsLength(wc.length);
        if (amountGwei != SEAT_GWEI) revert InvalidAmount(uint256(amountGwei) * 1 gwei);
        if (depositor == address(0)) revert ZeroAddress();
        if (pubkeyAllowlistDisabledForever) revert AllowlistGoneForever();
        bytes32 pubkeyHash = keccak256(pubkey);
        if (depositedPubkeys[pubkeyHash]) revert PubkeyAlreadyDeposited(pubkeyHash);
        bytes32 intent = intentHash(pubkey, wc, amountGwei, depositor);
        if (consumedIntents[intent]) revert IntentAlreadyConsumed(intent);
        if (allowedDeposits[intent]) revert IntentAlreadyAllowed(intent);
        allowedDeposits[intent] = true;
        emit DepositIntentAllowedFor(intent, depositor, ownershipEpoch, pubkey);
    }

    // Deposits.

    function deposit(
        bytes calldata pubkey,
        bytes calldata withdrawal_credentials,
        bytes calldata signature,
        bytes32 deposit_data_root
    ) external payable {
        if (pubkey.length != 48) revert InvalidPubkeyLength(pubkey.length);
        if (withdrawal_credentials.length != 32) revert InvalidCredentialsLength(withdrawal_credentials.length);
        if (signature.length != 96) revert InvalidSignatureLength(signature.length);
        if (msg.value < 1 ether || msg.value % 1 gwei != 0 || msg.value / 1 gwei > type(uint64).max) {
            revert InvalidAmount(msg.value);
        }
        uint64 gweis = uint64(msg.value / 1 gwei);
        if (ownerOnlyDepositorEnabled && msg.sender != owner) revert DepositorNotOwner(msg.sender);
        if (pubkeyAllowlistEnabled) consume(pubkey, withdrawal_credentials, gweis);

        bytes memory amount = littleEndian(gweis);
        emit DepositEvent(pubkey, withdrawal_credentials, amount, signature, littleEndian(uint64(depositCount)));
        bytes32 leaf = dataRoot(pubkey, withdrawal_credentials, amount, signature);
        if (leaf != deposit_data_root) revert InvalidDepositDataRoot(leaf);
        insert(leaf);
    }

    function consume(bytes calldata pubkey, bytes calldata wc, uint64 gweis) private {
        bytes32 intent = intentHash(pubkey, wc, gweis, msg.sender);
        if (!allowedDeposits[intent]) revert DepositIntentNotAllowlisted(intent);
        bytes32 pubkeyHash = keccak256(pubkey);
        if (depositedPubkeys[pubkeyHash]) revert PubkeyAlreadyDeposited(pubkeyHash);
        delete allowedDeposits[intent];
        consumedIntents[intent] = true;
        depositedPubkeys[pubkeyHash] = true;
        emit DepositIntentConsumedFor(intent, msg.sender, ownershipEpoch, pubkey);
    }

    function dataRoot(bytes calldata pubkey, bytes calldata wc, bytes memory amount, bytes calldata signature)
        private
        pure
        returns (bytes32)
    {
        bytes32 pubkeyRoot = sha256(abi.encodePacked(pubkey, bytes16(0)));
        bytes32 signatureRoot = sha256(
            abi.encodePacked(sha256(signature[:64]), sha256(abi.encodePacked(signature[64:], bytes32(0))))
        );
        return sha256(
            abi.encodePacked(
                sha256(abi.encodePacked(pubkeyRoot, wc)), sha256(abi.encodePacked(amount, bytes24(0), signatureRoot))
            )
        );
    }

    function insert(bytes32 leaf) private {
        if (depositCount >= MAX_DEPOSITS) revert TreeFull();
        uint256 position = ++depositCount;
        bytes32 node = leaf;
        for (uint256 height = 0; height < DEPTH; height++) {
            if (position & 1 == 1) {
                branch[height] = node;
                return;
            }
            node = sha256(abi.encodePacked(branch[height], node));
            position >>= 1;
        }
    }

    function get_deposit_root() external view returns (bytes32) {
        bytes32 node = bytes32(0);
        uint256 position = depositCount;
        for (uint256 height = 0; height < DEPTH; height++) {
            node = position & 1 == 1
                ? sha256(abi.encodePacked(branch[height], node))
                : sha256(abi.encodePacked(node, emptyNodes[height]));
            position >>= 1;
        }
        return sha256(abi.encodePacked(node, littleEndian(uint64(depositCount)), bytes24(0)));
    }

    function get_deposit_count() external view returns (bytes memory) {
        return littleEndian(uint64(depositCount));
    }

    /// ERC-165, with the identifier that the deposit contract of the beacon chain answers to.
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == 0x01ffc9a7 || interfaceId == 0x85640907;
    }

    function littleEndian(uint64 value) private pure returns (bytes memory bytes_) {
        bytes_ = new bytes(8);
        for (uint256 i = 0; i < 8; i++) {
            bytes_[i] = bytes1(uint8(value >> (8 * i)));
        }
    }

    // Ownership: each transfer begins an epoch, and with it every intent that was not used counts no more.

    function transferOwnership(address to) external onlyOwner {
        pendingOwner = to;
    }

    function acceptOwnership() external {
        if (msg.sender != pendingOwner) revert NotPendingOwner(msg.sender);
        address from = owner;
        owner = msg.sender;
        delete pendingOwner;
        ownershipEpoch++;
        emit OwnershipTransferred(from, msg.sender, ownershipEpoch);
    }

    // Switches.

    function setPubkeyAllowlistEnabled(bool enabled) external onlyOwner {
        if (pubkeyAllowlistDisabledForever) revert AllowlistGoneForever();
        pubkeyAllowlistEnabled = enabled;
        emit AllowlistSwitched(enabled);
    }

    function setOwnerOnlyDepositorEnabled(bool enabled) external onlyOwner {
        ownerOnlyDepositorEnabled = enabled;
        emit OwnerOnlyDepositorSwitched(enabled);
    }

    function proposeAllowlistDisable() external onlyOwner {
        if (pubkeyAllowlistDisabledForever) revert AllowlistGoneForever();
        allowlistDisableReadyAt = block.timestamp + DISABLE_DELAY;
        emit AllowlistDisableProposed(allowlistDisableReadyAt);
    }

    function cancelAllowlistDisable() external onlyOwner {
        if (allowlistDisableReadyAt == 0) revert DisableNotProposed();
        delete allowlistDisableReadyAt;
        emit AllowlistDisableCancelled();
    }

    /// Cannot be undone.
    function executeAllowlistDisable() external onlyOwner {
        if (allowlistDisableReadyAt == 0) revert DisableNotProposed();
        if (block.timestamp < allowlistDisableReadyAt) revert DisableNotReady(allowlistDisableReadyAt);
        delete allowlistDisableReadyAt;
        pubkeyAllowlistEnabled = false;
        pubkeyAllowlistDisabledForever = true;
        emit AllowlistDisabledForever();
    }
}
