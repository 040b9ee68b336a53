using Agents.Models.Sampling;
using Agents.Numerics.Kernels;

namespace Agents.Models.Tests.Sampling;

public sealed unsafe class TokenSamplerTests
{
    private static readonly float[] Logits = [2, 1, 0.5f, 0, -1, -3];

    private static readonly double[] Plain = [.5608934, .2063412, .1251522, .0759087, .0279252, .0037793];

    [Fact]
    public void Draw_ManyStreams_FollowsTheFirstCumulativeAboveTheDraw()
    {
        for (ulong run = 0; run < 200; run++)
        {
            SampleStream stream = new(run);
            SampleStream copy = stream;
            double u = copy.NextUnit();
            double cumulative = 0;
            int expected = Array.FindIndex(Plain, p => (cumulative += p) > u);

            Assert.Equal(expected, Draw(new SamplingOptions(), ref stream).Id);
            Assert.Equal(1UL, stream.Counter);
        }
    }

    [Fact]
    public void Draw_Defaults_BehaviorEqualsPlain()
    {
        SampleStream stream = new(3);

        TokenDraw draw = Draw(new SamplingOptions(), ref stream);

        Assert.Equal(Math.Log(Plain[draw.Id]), draw.PlainLogProbability, 1e-5);
        Assert.Equal(draw.PlainLogProbability, draw.BehaviorLogProbability);
        Assert.Equal(1, draw.KeptMass);
    }

    [Theory]
    [InlineData(SamplerOrder.TruncateThenTemper, 4)]
    [InlineData(SamplerOrder.TemperThenTruncate, 3)]
    public void Draw_BothOrders_TruncateDifferently(SamplerOrder order, int kept)
    {
        SamplingOptions options = new() { Temperature = 0.8, TopP = 0.9, Order = order };
        double[] tempered = [.. Logits.Select(logit => Math.Exp(logit / 0.8))];
        double keptMass = tempered[..kept].Sum() / tempered.Sum();

        for (ulong run = 0; run < 100; run++)
        {
            SampleStream stream = new(run);
            TokenDraw draw = Draw(options, ref stream);

            Assert.InRange(draw.Id, 0, kept - 1);
            Assert.Equal(Math.Log(tempered[draw.Id] / tempered[..kept].Sum()), draw.BehaviorLogProbability, 1e-9);
            Assert.Equal(Math.Log(Plain[draw.Id]), draw.PlainLogProbability, 1e-5);
            Assert.Equal(keptMass, draw.KeptMass, 1e-9);
        }
    }

    [Fact]
    public void Draw_AllStages_NeverLeavesTheKeptSet()
    {
        SamplingOptions options = new() { TopK = 4, TopP = 0.95, MinP = 0.15, TypicalP = 0.9, Temperature = 1.5 };
        for (ulong run = 0; run < 100; run++)
        {
            SampleStream stream = new(run);
            TokenDraw draw = Draw(options, ref stream);

            Assert.InRange(draw.Id, 0, 2);
            Assert.InRange(draw.KeptMass, 0.1, 0.999);
        }
    }

    [Fact]
    public void Draw_TemperatureOnly_TempersBehaviorButNotPlain()
    {
        SampleStream stream = new(9);

        TokenDraw draw = Draw(new SamplingOptions { Temperature = 0.5 }, ref stream);

        double sum = Logits.Sum(logit => Math.Exp(2 * logit));
        Assert.Equal((2 * Logits[draw.Id]) - Math.Log(sum), draw.BehaviorLogProbability, 1e-6);
        Assert.Equal(Math.Log(Plain[draw.Id]), draw.PlainLogProbability, 1e-5);
        Assert.Equal(1, draw.KeptMass);
    }

    [Fact]
    public void Draw_Greedy_TakesTheLargestWithoutADraw()
    {
        SampleStream stream = new(1);

        TokenDraw draw = Draw(SamplingOptions.Greedy, ref stream);

        Assert.Equal((0, 0.0, 1.0), (draw.Id, draw.BehaviorLogProbability, draw.KeptMass));
        Assert.Equal(Math.Log(Plain[0]), draw.PlainLogProbability, 1e-6);
        Assert.Equal(0UL, stream.Counter);
    }

    [Fact]
    public void Draw_GreedyWithPenalty_TakesTheNextToken()
    {
        SampleStream stream = new(1);

        Assert.Equal(1, Draw(SamplingOptions.Greedy with { RepetitionPenalty = 3 }, ref stream, [0]).Id);
        Assert.Equal(0, Draw(SamplingOptions.Greedy with { RepetitionPenalty = 3, PenaltyWindow = 1 }, ref stream, [0, 5]).Id);
    }

    [Fact]
    public void Draw_PenaltyWithoutTruncation_KeepsAllMass()
    {
        SampleStream stream = new(2);

        TokenDraw draw = Draw(new SamplingOptions { PresencePenalty = 0.5 }, ref stream, [0]);

        Assert.Equal(1, draw.KeptMass);
        Assert.NotEqual(draw.PlainLogProbability, draw.BehaviorLogProbability, 1e-3);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Draw_LogitThatIsNotFinite_IsANamedError(float bad)
    {
        InvalidLogitsException error = Assert.Throws<InvalidLogitsException>(() => DrawFrom([1, bad, 2]));

        Assert.Contains("token 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_AllExcluded_IsANamedError() =>
        Assert.Throws<InvalidLogitsException>(() => DrawFrom([float.NegativeInfinity, float.NegativeInfinity]));

    [Fact]
    public void Draw_AnyStage_AllocatesNothing()
    {
        TokenSampler sampler = new(
            new SamplingOptions { TopK = 5, TopP = 0.9, MinP = 0.01, TypicalP = 0.95, RepetitionPenalty = 1.1, FrequencyPenalty = 0.1, Temperature = 0.7 },
            Logits.Length,
            new ReferenceKernels<float>());
        SampleStream stream = new(5);
        int[] history = [1, 2, 3];
        fixed (float* logits = Logits)
        {
            SamplerWorkspace workspace = new(Logits.Length);
            sampler.Draw(logits, history, ref stream, workspace);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                sampler.Draw(logits, history, ref stream, workspace);
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void Constructor_BadOptions_ListsAllOfThem()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => new TokenSampler(new SamplingOptions { TopP = 0, Temperature = -1 }, 3, new ReferenceKernels<float>()));

        Assert.Contains("top-p", error.Message, StringComparison.Ordinal);
        Assert.Contains("temperature", error.Message, StringComparison.Ordinal);
    }

    private static TokenDraw Draw(SamplingOptions options, ref SampleStream stream, int[]? history = null)
    {
        fixed (float* logits = Logits)
        {
            return new TokenSampler(options, Logits.Length, new ReferenceKernels<float>()).Draw(logits, history ?? [], ref stream, new SamplerWorkspace(Logits.Length));
        }
    }

    private static TokenDraw DrawFrom(float[] values)
    {
        SampleStream stream = new(0);
        fixed (float* logits = values)
        {
            return new TokenSampler(new SamplingOptions(), values.Length, new ReferenceKernels<float>()).Draw(logits, [], ref stream, new SamplerWorkspace(values.Length));
        }
    }
}
