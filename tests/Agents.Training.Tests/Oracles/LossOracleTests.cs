using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agents.Numerics.Kernels;
using Agents.Numerics.Threading;

namespace Agents.Training.Tests.Oracles;

/// <summary>
/// Every objective from logits to gradients against PyTorch's automatic differentiation in double. A gradient's deviation is its largest difference over the largest
/// entry of the expected gradient; a loss's deviation is taken relative to the loss or that entry, whichever is larger, since losses of balanced groups cancel.
/// </summary>
/// <param name="oracle">Answers of the script.</param>
[Collection(nameof(PyTorchCases))]
public sealed class LossOracleTests(LossOracle oracle)
{
    /// <summary>What issue and reader are promised, for single precision with vector kernels.</summary>
    private const double Promise = 1e-5;

    /// <summary>What is asked of the arithmetic in double.</summary>
    private const double Exact = 1e-11;

    public static TheoryData<string> Names => [.. OracleLosses.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Evaluate_LogitsToGradients_AgreesWithPyTorch(string name)
    {
        using ComputePool pool = new(new() { Threads = 1 });
        using SimdKernels vector = new(pool);
        Deviations inDouble = new();
        Deviations inSingle = new();
        for (int seed = 0; seed < LossOracleCase.Seeds; seed++)
        {
            LossOracleCase sample = new(name, seed);
            JsonNode expected = oracle.Answer(sample.Name);
            Compare(sample, new ReferenceKernels<double>(), expected, inDouble);
            Compare(sample, vector, expected, inSingle);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"| {name} | {inDouble.Loss:E1} | {inDouble.Gradient:E1} | {inSingle.Loss:E1} | {inSingle.Gradient:E1} |");
        Assert.True(inDouble.Largest <= Exact, $"{name} in double: loss {inDouble.Loss:E2}, gradient {inDouble.Gradient:E2} ({inDouble.Where})");
        Assert.True(inSingle.Largest <= Promise, $"{name} in single precision: loss {inSingle.Loss:E2}, gradient {inSingle.Gradient:E2} ({inSingle.Where})");
    }

    [Fact]
    public void Cases_OverAllSeeds_ReachEveryBranch()
    {
        double low = 0;
        double inside = 0;
        double high = 0;
        double beyond = 0;
        double dual = 0;
        for (int seed = 0; seed < LossOracleCase.Seeds; seed++)
        {
            LossOracleCase sample = new("dapo", seed);
            JsonNode expected = oracle.Answer(sample.Name);
            double[] current = Values(expected, "logProbability");
            double[] old = Values(expected, "old");
            double[] advantages = Values(expected, "advantage");
            for (int row = 0; row < sample.Rows; row++)
            {
                double ratio = sample.Weights[row] == 0 ? double.NaN : current[row] - old[row];
                low += ratio < Math.Log(0.8) ? 1 : 0;
                inside += ratio > Math.Log(0.8) && ratio < Math.Log(1.28) ? 1 : 0;
                high += ratio > Math.Log(1.28) ? 1 : 0;
                beyond += Math.Abs(ratio) > 20 ? 1 : 0;
                dual += advantages[row] < 0 && ratio > Math.Log(3) ? 1 : 0;
            }

            Assert.Contains(0.0, advantages);
        }

        Assert.True(low > 20 && inside > 20 && high > 20 && dual > 5 && beyond > 1, $"below the clip {low}, inside {inside}, above {high}, dual {dual}, beyond the limit {beyond}");
    }

    private static void Compare<T>(LossOracleCase sample, IKernels<T> kernels, JsonNode expected, Deviations deviations)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using LossChain<T> chain = new(sample, kernels);
        double[] dLogits = Values(expected, "dLogits");
        double largest = dLogits.Max(Math.Abs);
        double loss = expected["loss"]!.GetValue<double>();
        (double fromLogits, double[] actual) = chain.FromLogits(Values(expected, "logits"));
        (double fromHidden, double[] dHidden, double[] dHead, double[] dNorm) = chain.FromHidden();
        deviations.AddLoss(loss, fromLogits, largest, sample.Name);
        deviations.AddLoss(loss, fromHidden, largest, sample.Name);
        deviations.AddGradient(dLogits, actual, sample.Name + " logits");
        deviations.AddGradient(Values(expected, "dHidden"), dHidden, sample.Name + " hidden");
        deviations.AddGradient(Values(expected, "dHead"), dHead, sample.Name + " head");
        deviations.AddGradient(Values(expected, "dNorm"), dNorm, sample.Name + " norm");
    }

    private static double[] Values(JsonNode node, string name) => node[name]!.Deserialize<double[]>()!;

    private sealed class Deviations
    {
        public double Loss { get; private set; }

        public double Gradient { get; private set; }

        public double Largest => Math.Max(Loss, Gradient);

        public string Where { get; private set; } = string.Empty;

        public void AddLoss(double expected, double actual, double gradient, string where)
        {
            double size = Math.Max(Math.Abs(expected), gradient);
            double deviation = expected == actual ? 0 : Math.Abs(expected - actual) / size;
            Loss = Record(deviation, Loss, where + " loss");
        }

        public void AddGradient(double[] expected, double[] actual, string where)
        {
            Assert.Equal(expected.Length, actual.Length);
            double size = expected.Max(Math.Abs);
            double difference = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
            Gradient = Record(difference == 0 ? 0 : difference / size, Gradient, where);
        }

        private double Record(double deviation, double before, string where)
        {
            if (double.IsNaN(deviation) || deviation > Largest)
            {
                Where = where;
            }

            return double.IsNaN(deviation) ? double.PositiveInfinity : Math.Max(before, deviation);
        }
    }
}
