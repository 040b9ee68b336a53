using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels;

/// <summary>The step between logits and losses: statistics of target tokens forward, gradients of the statistics back to logits. Sums over the vocabulary run in double.</summary>
/// <typeparam name="T">Element type.</typeparam>
public unsafe interface ILossKernels<T>
    where T : unmanaged
{
    /// <summary>Computes the statistics of one target per row.</summary>
    /// <param name="logits">[rows, vocabulary], raw.</param>
    /// <param name="targets">[rows]; a negative target means "no loss here" and yields default.</param>
    /// <param name="inverseTemperature">Logits are multiplied by it first; 1 for raw.</param>
    /// <param name="statistics">[rows], written.</param>
    void TokenStatistics(MatrixView<T> logits, int* targets, double inverseTemperature, TokenStatistic* statistics);

    /// <summary>Replaces logits by their gradient, given the gradient of the loss with respect to each statistic.</summary>
    /// <remarks>With p the tempered softmax and τ⁻¹ the inverse temperature: dz = g.LogProbability·(onehot − p) + g.LogSumExp·p + g.ChosenLogit·onehot − g.Entropy·p·(ln p + H); dLogits = τ⁻¹·dz. Rows with a negative target become zero.</remarks>
    /// <param name="logits">[rows, vocabulary]; raw logits in, gradients out.</param>
    /// <param name="targets">[rows].</param>
    /// <param name="inverseTemperature">As in the forward pass.</param>
    /// <param name="statistics">[rows] of the forward pass.</param>
    /// <param name="gradients">[rows], derivative of the loss by each statistic.</param>
    void TokenStatisticsBackward(MatrixView<T> logits, int* targets, double inverseTemperature, TokenStatistic* statistics, TokenStatistic* gradients);

    /// <summary>Softmax of each row in place: exponentials of (logit − maximum) · inverseTemperature, divided by their sum in double.</summary>
    /// <param name="logits">[rows, vocabulary]; probabilities out.</param>
    /// <param name="inverseTemperature">1 for the plain softmax.</param>
    void Softmax(MatrixView<T> logits, double inverseTemperature);
}
