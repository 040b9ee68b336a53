using Agents.Learning;
using Agents.Models;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Training.Backward;

/// <summary>
/// Last norm, output head, token statistics and loss for the rows that have a target; other rows never reach the head. Logits exist for one chunk of rows at a
/// time: statistics of all chunks come first, then the loss, then each chunk's logits again as gradients (no second product when one chunk holds all rows).
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed unsafe class TokenHead<T> : IDisposable
    where T : unmanaged
{
    private readonly DecoderWeights<T> _weights;
    private readonly DecoderWeights<T>? _gradients;
    private readonly ILinearBackward<T>? _frozen;
    private readonly LinearRunner<T> _linear;
    private readonly IKernels<T> _kernels;
    private readonly T _epsilon;
    private readonly int _chunk;
    private readonly AlignedBuffer<T> _hidden;
    private readonly AlignedBuffer<T> _normed;
    private readonly AlignedBuffer<T> _inverseRms;
    private readonly AlignedBuffer<T> _logits;
    private readonly AlignedBuffer<int> _rows;
    private readonly AlignedBuffer<int> _targets;
    private readonly AlignedBuffer<TokenStatistic> _statistics;
    private readonly AlignedBuffer<TokenStatistic> _slopes;
    private readonly double[][] _inputs;
    private readonly double[][] _results;
    private int _count;

    /// <summary>Allocates the workspace.</summary>
    /// <param name="weights">Parameters.</param>
    /// <param name="gradients">Parameter gradients; null when the parameters are frozen.</param>
    /// <param name="frozen">Backward of the head when the parameters are frozen; otherwise null.</param>
    /// <param name="linear">Runs the head; holds the kernels to use.</param>
    /// <param name="epsilon">Epsilon of the last norm.</param>
    /// <param name="maximumRows">Most rows of a batch.</param>
    /// <param name="chunkRows">Most rows of logits at once.</param>
    public TokenHead(
        DecoderWeights<T> weights, DecoderWeights<T>? gradients, ILinearBackward<T>? frozen, LinearRunner<T> linear, T epsilon, int maximumRows, int chunkRows)
    {
        _weights = weights;
        _gradients = gradients;
        _frozen = frozen;
        _linear = linear;
        _kernels = linear.Kernels;
        _epsilon = epsilon;
        _chunk = chunkRows;
        ModelShape shape = weights.Shape;
        long rows = maximumRows;
        _hidden = new AlignedBuffer<T>(rows * shape.HiddenSize);
        _normed = new AlignedBuffer<T>(rows * shape.HiddenSize);
        _inverseRms = new AlignedBuffer<T>(rows);
        _logits = new AlignedBuffer<T>((long)chunkRows * shape.VocabularySize);
        _rows = new AlignedBuffer<int>(rows);
        _targets = new AlignedBuffer<int>(rows);
        _statistics = new AlignedBuffer<TokenStatistic>(rows);
        _slopes = new AlignedBuffer<TokenStatistic>(rows);
        _inputs = [new double[maximumRows], new double[maximumRows], new double[maximumRows], new double[maximumRows]];
        _results = [new double[maximumRows], new double[maximumRows], new double[maximumRows], new double[maximumRows]];
    }

    /// <summary>Gets the statistics of the rows with a target, in order of the rows.</summary>
    public ReadOnlySpan<TokenStatistic> Statistics => new(_statistics.Data, _count);

    /// <summary>Computes the statistics of all targets.</summary>
    /// <param name="batch">Targets.</param>
    /// <param name="residual">[rows, hidden], leaving the last layer.</param>
    /// <param name="inverseTemperature">Factor on the logits.</param>
    public void Forward(PackedBatch batch, MatrixView<T> residual, double inverseTemperature)
    {
        _count = 0;
        for (int row = 0; row < batch.Rows; row++)
        {
            if (batch.Targets[row] >= 0)
            {
                _rows.Data[_count] = row;
                _targets.Data[_count++] = batch.Targets[row];
            }
        }

        if (_count == 0)
        {
            return;
        }

        MatrixView<T> hidden = Rows(_hidden);
        _kernels.GatherRows(residual, _rows.Data, hidden);
        _kernels.RmsNorm(hidden, _weights.FinalNorm.Data, _epsilon, Rows(_normed), _inverseRms.Data);
        for (int first = 0; first < _count; first += _chunk)
        {
            MatrixView<T> logits = Logits(first);
            _kernels.TokenStatistics(logits, _targets.Data + first, inverseTemperature, _statistics.Data + first);
        }
    }

    /// <summary>Evaluates a loss on the statistics of <see cref="Forward"/>.</summary>
    /// <param name="batch">Weights and sequences.</param>
    /// <param name="loss">The objective.</param>
    /// <param name="context">Global counts.</param>
    /// <returns>This batch's share of the loss.</returns>
    public double Evaluate(PackedBatch batch, ITokenLoss loss, in LossContext context)
    {
        for (int i = 0; i < _inputs.Length; i++)
        {
            Array.Clear(_inputs[i], 0, batch.Rows);
            Array.Clear(_results[i], 0, batch.Rows);
        }

        for (int i = 0; i < _count; i++)
        {
            int row = _rows.Data[i];
            TokenStatistic statistic = _statistics.Data[i];
            _inputs[0][row] = statistic.LogProbability;
            _inputs[1][row] = statistic.LogSumExp;
            _inputs[2][row] = statistic.ChosenLogit;
            _inputs[3][row] = statistic.Entropy;
        }

        TokenLossInputs inputs = new()
        {
            LogProbability = _inputs[0].AsSpan(0, batch.Rows),
            LogSumExp = _inputs[1].AsSpan(0, batch.Rows),
            ChosenLogit = _inputs[2].AsSpan(0, batch.Rows),
            Entropy = _inputs[3].AsSpan(0, batch.Rows),
            OldLogProbability = batch.Columns?.OldLogProbability ?? [],
            ReferenceLogProbability = batch.Columns?.ReferenceLogProbability ?? [],
            Advantage = batch.Columns?.Advantage ?? [],
            Correction = batch.Columns?.Correction ?? [],
            SequenceLabel = batch.Columns?.SequenceLabel ?? [],
            Weight = batch.Weights,
            SequenceStarts = batch.SequenceStarts,
        };
        TokenLossGradients gradients = new()
        {
            LogProbability = _results[0].AsSpan(0, batch.Rows),
            LogSumExp = _results[1].AsSpan(0, batch.Rows),
            ChosenLogit = _results[2].AsSpan(0, batch.Rows),
            Entropy = _results[3].AsSpan(0, batch.Rows),
        };
        double value = loss.Evaluate(inputs, context, gradients);
        for (int i = 0; i < _count; i++)
        {
            int row = _rows.Data[i];
            _slopes.Data[i] = new TokenStatistic(_results[0][row], _results[1][row], _results[2][row], _results[3][row]);
        }

        return value;
    }

    /// <summary>Adds the gradients of head and last norm and writes the gradient of the residual stream. Follows <see cref="Evaluate"/>.</summary>
    /// <param name="inverseTemperature">As in the forward pass.</param>
    /// <param name="dResidual">[rows, hidden], overwritten.</param>
    public void Backward(double inverseTemperature, MatrixView<T> dResidual)
    {
        new Span<T>(dResidual.Data, dResidual.Rows * dResidual.Columns).Clear();
        if (_count == 0)
        {
            return;
        }

        MatrixView<T> normed = Rows(_normed);
        bool whole = _count <= _chunk;
        for (int first = 0; first < _count; first += _chunk)
        {
            MatrixView<T> logits = whole ? LogitView(first) : Logits(first);
            MatrixView<T> chunk = normed.RowRange(first, logits.Rows);
            _kernels.TokenStatisticsBackward(logits, _targets.Data + first, inverseTemperature, _statistics.Data + first, _slopes.Data + first);

            // The normed rows of the chunk are not needed after this point, so their gradient takes their place.
            if (_frozen is not null)
            {
                _frozen.Run(_weights.Head, logits, chunk, chunk, accumulate: false);
                continue;
            }

            _kernels.TransposedMultiply(logits, chunk, _gradients!.Head.View, accumulate: true);
            _kernels.Multiply(logits, _weights.Head.View, chunk, accumulate: false);
        }

        T* dNorm = _gradients is null ? null : _gradients.FinalNorm.Data;
        _kernels.RmsNormBackward(normed, Rows(_hidden), _weights.FinalNorm.Data, _inverseRms.Data, normed, accumulate: false, dNorm);
        _kernels.ScatterAddRows(normed, _rows.Data, dResidual);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _hidden.Dispose();
        _normed.Dispose();
        _inverseRms.Dispose();
        _logits.Dispose();
        _rows.Dispose();
        _targets.Dispose();
        _statistics.Dispose();
        _slopes.Dispose();
    }

    private MatrixView<T> Rows(AlignedBuffer<T> buffer) => new(buffer.Data, _count, _weights.Shape.HiddenSize);

    private MatrixView<T> LogitView(int first) => new(_logits.Data, Math.Min(_chunk, _count - first), _weights.Shape.VocabularySize);

    private MatrixView<T> Logits(int first)
    {
        MatrixView<T> logits = LogitView(first);
        _linear.Multiply(Rows(_normed).RowRange(first, logits.Rows), [new(_weights.Head, null, logits)], new ReadOnlySpan<int>(_rows.Data + first, logits.Rows));
        return logits;
    }
}
