// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DepositGate} from "./DepositGate.sol";
import {VaultFactory} from "./VaultFactory.sol";
import {WithdrawalVault} from "./WithdrawalVault.sol";

/// Owner of the gate and treasury of every vault. One hot key, the active signer, does the daily work and can send principal nowhere but
/// to the fixed destination; the governor, a cold key, replaces it after seven days, stops it at once, and alone loosens the gate.
contract TreasuryRouter {
    uint256 public constant ROTATION_DELAY = 7 days;
    uint256 public constant SEAT_WEI = 32 ether;

    address public immutable principalDestination;
    address public governor;
    address public pendingGovernor;
    address public activeSigner;
    address public pendingSigner;
    uint256 public signerReadyAt;
    bool public paused;
    DepositGate public gate;
    VaultFactory public factory;

    bool private transient entered;

    event Connected(address indexed gate, address indexed factory);
    event SignerProposed(address indexed to, uint256 readyAt);
    event SignerProposalCancelled(address indexed to);
    event SignerRotated(address indexed from, address indexed to);
    event GovernorChanged(address indexed from, address indexed to);
    event PauseChanged(bool paused);
    event PrincipalForwarded(uint256 wei_);

    error NotSigner(address caller);
    error NotGovernor(address caller);
    error NotPending(address caller);
    error NotReady(uint256 readyAt);
    error ZeroAddress();
    error AlreadyConnected();
    error NotConnected();
    error Paused();
    error UnknownVault(address vault);
    error InvalidAmount(uint256 wei_);
    error DepositRootMoved(bytes32 expected, bytes32 actual);
    error CredentialsNotOfVault(address vault);
    error PaymentRefused(address to);
    error Reentered();

    modifier onlySigner() {
        if (msg.sender != activeSigner) revert NotSigner(msg.sender);
        if (paused) revert Paused();
        if (address(gate) == address(0)) revert NotConnected();
        _;
    }

    modifier onlyGovernor() {
        if (msg.sender != governor) revert NotGovernor(msg.sender);
        _;
    }

    modifier ofFactory(address vault) {
        if (!factory.isVault(vault)) revert UnknownVault(vault);
        _;
    }

    modifier once() {
        if (entered) revert Reentered();
        entered = true;
        _;
        entered = false;
    }

    constructor(address governor_, address activeSigner_, address principalDestination_) {
        if (governor_ == address(0) || activeSigner_ == address(0) || principalDestination_ == address(0)) {
            revert ZeroAddress();
        }
        governor = governor_;
        activeSigner = activeSigner_;
        principalDestination = principalDestination_;
    }

    receive() external payable {}

    // Once, after gate and factory stand.

    function connect(DepositGate gate_, VaultFactory factory_) external onlyGovernor {
        if (address(gate) != address(0)) revert AlreadyConnected();
        if (gate_.owner() != address(this) || factory_.router() != address(this)) revert NotConnected();
        gate = gate_;
        factory = factory_;
        emit Connected(address(gate_), address(factory_));
    }

    // Seats.

    function createVault(
        bytes calldata pubkey,
        address beneficiary,
        uint256 principalTargetWei,
        uint256 claimDelaySeconds,
        uint256 maxClaimPerPeriodWei
    ) external onlySigner returns (address) {
        return factory.createVault(pubkey, beneficiary, principalTargetWei, claimDelaySeconds, maxClaimPerPeriodWei);
    }

    function addAllowedDepositFor(bytes calldata pubkey, bytes calldata wc, uint64 amountGwei, address depositor)
        external
        onlySigner
    {
        checkCredentials(pubkey, wc);
        gate.addAllowedDepositFor(pubkey, wc, amountGwei, depositor);
    }

    function removeAllowedDeposit(bytes calldata pubkey, bytes calldata wc, uint64 amountGwei, address depositor)
        external
        onlySigner
    {
        gate.removeAllowedDeposit(pubkey, wc, amountGwei, depositor);
    }

    /// Reverts when any deposit came in after the caller looked: a race then costs gas and not the principal.
    function deposit(
        bytes calldata pubkey,
        bytes calldata wc,
        bytes calldata signature,
        bytes32 depositDataRoot,
        bytes32 expectedDepositRoot
    ) external payable onlySigner {
        if (msg.value != SEAT_WEI) revert InvalidAmount(msg.value);
        bytes32 actual = gate.get_deposit_root();
        if (actual != expectedDepositRoot) revert DepositRootMoved(expectedDepositRoot, actual);
        checkCredentials(pubkey, wc);
        gate.deposit{value: msg.value}(pubkey, wc, signature, depositDataRoot);
    }

    function checkCredentials(bytes calldata pubkey, bytes calldata wc) private view {
        address vault = factory.vaultOf(keccak256(pubkey));
        bytes32 expected = bytes32(uint256(1) << 248 | uint160(vault));
        if (vault == address(0) || wc.length != 32 || bytes32(wc) != expected) revert CredentialsNotOfVault(vault);
    }

    // Vaults.

    function triggerValidatorExit(address payable vault) external payable onlySigner ofFactory(vault) once {
        uint256 others = address(this).balance - msg.value;
        WithdrawalVault(vault).triggerValidatorExit{value: msg.value}();
        uint256 rest = address(this).balance - others;
        if (rest > 0) pay(msg.sender, rest);
    }

    function proposeSettlement(address payable vault, uint256 maxRewardsClaimedWei)
        external
        onlySigner
        ofFactory(vault)
    {
        WithdrawalVault(vault).proposeSettlement(maxRewardsClaimedWei);
    }

    function finalizeSettlement(address payable vault) external onlySigner ofFactory(vault) {
        WithdrawalVault(vault).finalizeSettlement();
    }

    function cancelSettlement(address payable vault) external onlySigner ofFactory(vault) {
        WithdrawalVault(vault).cancelSettlement();
    }

    function claimPrincipal(address payable vault) external onlySigner ofFactory(vault) once {
        WithdrawalVault(vault).claimPrincipal();
        forward();
    }

    function drainRemainder(address payable vault) external onlySigner ofFactory(vault) once {
        WithdrawalVault(vault).drainRemainder();
        forward();
    }

    function approveBeneficiary(address payable vault, address to) external onlySigner ofFactory(vault) {
        WithdrawalVault(vault).approveBeneficiary(to);
    }

    function cancelBeneficiary(address payable vault) external onlySigner ofFactory(vault) {
        WithdrawalVault(vault).cancelBeneficiary();
    }

    function forward() private {
        uint256 wei_ = address(this).balance;
        emit PrincipalForwarded(wei_);
        pay(principalDestination, wei_);
    }

    function pay(address to, uint256 wei_) private {
        (bool paid,) = to.call{value: wei_}("");
        if (!paid) revert PaymentRefused(to);
    }

    // Keys.

    function proposeSigner(address to) external onlyGovernor {
        if (to == address(0)) revert ZeroAddress();
        pendingSigner = to;
        signerReadyAt = block.timestamp + ROTATION_DELAY;
        emit SignerProposed(to, signerReadyAt);
    }

    function cancelSigner() external onlyGovernor {
        emit SignerProposalCancelled(pendingSigner);
        delete pendingSigner;
        delete signerReadyAt;
    }

    function acceptSigner() external {
        if (msg.sender != pendingSigner) revert NotPending(msg.sender);
        if (block.timestamp < signerReadyAt) revert NotReady(signerReadyAt);
        emit SignerRotated(activeSigner, msg.sender);
        activeSigner = msg.sender;
        delete pendingSigner;
        delete signerReadyAt;
    }

    function proposeGovernor(address to) external onlyGovernor {
        pendingGovernor = to;
    }

    function acceptGovernor() external {
        if (msg.sender != pendingGovernor) revert NotPending(msg.sender);
        emit GovernorChanged(governor, msg.sender);
        governor = msg.sender;
        delete pendingGovernor;
    }

    /// Both keys may stop; the governor alone lets go on.
    function pause() external {
        if (msg.sender != activeSigner && msg.sender != governor) revert NotSigner(msg.sender);
        paused = true;
        emit PauseChanged(true);
    }

    function unpause() external onlyGovernor {
        paused = false;
        emit PauseChanged(false);
    }

    // The gate's switches.

    function setPubkeyAllowlistEnabled(bool enabled) external onlyGovernor {
        gate.setPubkeyAllowlistEnabled(enabled);
    }

    function setOwnerOnlyDepositorEnabled(bool enabled) external onlyGovernor {
        gate.setOwnerOnlyDepositorEnabled(enabled);
    }

    function proposeAllowlistDisable() external onlyGovernor {
        gate.proposeAllowlistDisable();
    }

    function cancelAllowlistDisable() external onlyGovernor {
        gate.cancelAllowlistDisable();
    }

    function executeAllowlistDisable() external onlyGovernor {
        gate.executeAllowlistDisable();
    }

    function transferGateOwnership(address to) external onlyGovernor {
        gate.transferOwnership(to);
    }
}
