using System.Numerics;
using Agents.Learning;
using Agents.Models;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Training.Backward;

namespace Agents.Training.Tests.Oracles;

/// <summary>Our side of a case: the head with its norm from hidden rows, and the kernels from given logits, both to the gradient.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed unsafe class LossChain<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Rows of logits at once: smaller than the batch, so that the head runs in chunks.</summary>
    private const int ChunkRows = 17;

    private readonly LossOracleCase _case;
    private readonly IKernels<T> _kernels;
    private readonly DecoderWeights<T> _weights;
    private readonly DecoderWeights<T> _gradients;
    private readonly LinearRunner<T> _linear;
    private readonly TokenHead<T> _head;

    public LossChain(LossOracleCase oracleCase, IKernels<T> kernels)
    {
        _case = oracleCase;
        _kernels = kernels;
        ModelShape shape = ModelShape.Uniform("llama", oracleCase.Vocabulary, oracleCase.Width, 1, new LayerShape(1, 1, 2, 3), 8) with { TiedEmbeddings = false };
        _weights = new DecoderWeights<T>(shape);
        _gradients = new DecoderWeights<T>(shape);
        Fill(oracleCase.Head, _weights.Head.Data);
        Fill(oracleCase.Norm, _weights.FinalNorm.Data);
        _linear = new LinearRunner<T>(kernels);
        _head = new TokenHead<T>(_weights, _gradients, null, _linear, T.CreateTruncating(oracleCase.Epsilon), oracleCase.Rows, ChunkRows);
        OldLogProbability = LogProbabilities(oracleCase.OldHidden);
        ReferenceLogProbability = LogProbabilities(oracleCase.ReferenceHidden);
    }

    public double[] OldLogProbability { get; }

    public double[] ReferenceLogProbability { get; }

    /// <summary>Runs hidden rows through norm, head, statistics and loss, and back.</summary>
    public (double Loss, double[] DHidden, double[] DHead, double[] DNorm) FromHidden()
    {
        PackedBatch batch = Batch();
        using AlignedBuffer<T> hidden = Rows(_case.Hidden);
        using AlignedBuffer<T> dHidden = new(hidden.Length);
        _head.Forward(batch, new MatrixView<T>(hidden.Data, _case.Rows, _case.Width), _case.InverseTemperature);
        double loss = _head.Evaluate(batch, _case.Objective.Loss, _case.Context);
        _head.Backward(_case.InverseTemperature, new MatrixView<T>(dHidden.Data, _case.Rows, _case.Width));
        return (loss, Doubles(dHidden.Data, dHidden.Length), Doubles(_gradients.Head.Data, _gradients.Head.Length), Doubles(_gradients.FinalNorm.Data, _gradients.FinalNorm.Length));
    }

    /// <summary>Takes logits through statistics and loss, in two micro-batches, and back to the gradient of the logits.</summary>
    public (double Loss, double[] DLogits) FromLogits(double[] logits)
    {
        using AlignedBuffer<T> buffer = new(logits.Length);
        for (int i = 0; i < logits.Length; i++)
        {
            buffer.Data[i] = T.CreateTruncating(logits[i]);
        }

        // The cut lies between pairs.
        double loss = FromLogits(buffer.Data, 0, 4) + FromLogits(buffer.Data, 4, _case.Starts.Length);
        return (loss, Doubles(buffer.Data, buffer.Length));
    }

    public void Dispose()
    {
        _head.Dispose();
        _linear.Dispose();
        _gradients.Dispose();
        _weights.Dispose();
    }

    private double FromLogits(T* logits, int firstSequence, int endSequence)
    {
        int first = _case.Starts[firstSequence];
        int end = _case.End(endSequence - 1);
        int rows = end - first;
        var view = new MatrixView<T>(logits + ((long)first * _case.Vocabulary), rows, _case.Vocabulary);
        TokenStatistic[] statistics = new TokenStatistic[rows];
        double[][] slopes = [new double[rows], new double[rows], new double[rows], new double[rows]];
        PackedBatch batch = Batch();
        double loss;
        fixed (TokenStatistic* statistic = statistics)
        fixed (int* targets = &_case.Targets[first])
        {
            _kernels.TokenStatistics(view, targets, _case.InverseTemperature, statistic);
            TokenColumns columns = batch.Columns!;
            TokenLossInputs inputs = new()
            {
                LogProbability = statistics.Select(s => s.LogProbability).ToArray(),
                LogSumExp = statistics.Select(s => s.LogSumExp).ToArray(),
                ChosenLogit = statistics.Select(s => s.ChosenLogit).ToArray(),
                Entropy = statistics.Select(s => s.Entropy).ToArray(),
                OldLogProbability = Part(columns.OldLogProbability, first, rows),
                ReferenceLogProbability = Part(columns.ReferenceLogProbability, first, rows),
                Advantage = Part(columns.Advantage, first, rows),
                Correction = Part(columns.Correction, first, rows),
                SequenceLabel = columns.SequenceLabel.AsSpan(firstSequence, endSequence - firstSequence),
                Weight = _case.Weights.AsSpan(first, rows),
                SequenceStarts = _case.Starts[firstSequence..endSequence].Select(start => start - first).ToArray(),
            };
            TokenLossGradients gradients = new() { LogProbability = slopes[0], LogSumExp = slopes[1], ChosenLogit = slopes[2], Entropy = slopes[3] };
            loss = _case.Objective.Loss.Evaluate(inputs, _case.Context, gradients);
            TokenStatistic[] back = [.. Enumerable.Range(0, rows).Select(i => new TokenStatistic(slopes[0][i], slopes[1][i], slopes[2][i], slopes[3][i]))];
            fixed (TokenStatistic* slope = back)
            {
                _kernels.TokenStatisticsBackward(view, targets, _case.InverseTemperature, statistic, slope);
            }
        }

        return loss;
    }

    private PackedBatch Batch() => new()
    {
        TokenIds = new int[_case.Rows],
        Positions = new int[_case.Rows],
        Targets = _case.Targets,
        Weights = _case.Weights,
        SequenceStarts = _case.Starts,
        Columns = new TokenColumns
        {
            OldLogProbability = OldLogProbability,
            ReferenceLogProbability = ReferenceLogProbability,
            Advantage = _case.Advantages(),
            Correction = _case.Correction,
            SequenceLabel = _case.Labels,
        },
    };

    private double[] LogProbabilities(float[] hidden)
    {
        PackedBatch batch = new()
        {
            TokenIds = new int[_case.Rows],
            Positions = new int[_case.Rows],
            Targets = _case.Targets,
            Weights = _case.Weights,
            SequenceStarts = _case.Starts,
        };
        using AlignedBuffer<T> rows = Rows(hidden);
        _head.Forward(batch, new MatrixView<T>(rows.Data, _case.Rows, _case.Width), _case.InverseTemperature);
        double[] result = new double[_case.Rows];
        int next = 0;
        for (int row = 0; row < _case.Rows; row++)
        {
            result[row] = _case.Targets[row] < 0 ? 0 : _head.Statistics[next++].LogProbability;
        }

        return result;
    }

    private static ReadOnlySpan<double> Part(double[] column, int first, int rows) => column.Length == 0 ? [] : column.AsSpan(first, rows);

    private static AlignedBuffer<T> Rows(float[] values)
    {
        AlignedBuffer<T> buffer = new(values.Length);
        Fill(values, buffer.Data);
        return buffer;
    }

    private static void Fill(float[] values, T* target)
    {
        for (int i = 0; i < values.Length; i++)
        {
            target[i] = T.CreateTruncating(values[i]);
        }
    }

    private static double[] Doubles(T* values, long count)
    {
        double[] result = new double[count];
        for (long i = 0; i < count; i++)
        {
            result[i] = double.CreateTruncating(values[i]);
        }

        return result;
    }
}
