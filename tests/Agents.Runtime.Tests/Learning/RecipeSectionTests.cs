using Agents.Runtime.Learning;
using Agents.Runtime.Yaml;
using Agents.Training.Loops;
using Agents.Training.Loss;

namespace Agents.Runtime.Tests.Learning;

/// <summary>The parts of recipes that loops add, and their errors.</summary>
public sealed class RecipeSectionTests
{
    private const string Preference = """
        name: pairs
        loop: preference
        model: { from: base.gguf }
        data: { mixture: [ { family: lookup } ] }
        training: { steps: 3, learningRate: 0.001 }
        preference:
          loss: cdpo
          beta: 0.2
          labelSmoothing: 0.05
          pairsPerQuestion: 2
          pairsPerStep: 4
          sample: { questions: 50, perQuestion: 6, temperature: 0.8, maximumTokens: 40, passRate: { lowest: 0.1, highest: 0.9 } }
        """;

    private const string Reinforcement = """
        name: policy
        loop: reinforcement
        model: { from: base.gguf }
        data: { mixture: [ { family: lookup } ] }
        training: { steps: 3, learningRate: 0.001 }
        reinforcement:
          algorithm: dapo
          groupSize: 4
          maximumTokens: 64
          kl: { estimator: k2, coefficient: 0.01 }
          overlong: { buffer: 16, factor: 0.5 }
          mode: async
          staleness: 2
          mismatch: { limit: 0.02, ratio: 3 }
          rewards:
            - { name: correct, weight: 1 }
            - { name: format, weight: 0.1 }
        """;

    private const string Rejection = """
        name: rounds
        loop: rejection
        model: { from: base.gguf }
        data: { mixture: [ { family: lookup } ] }
        training: { steps: 3, tokensPerStep: 1024, maximumSequence: 256 }
        rejection:
          rounds: 3
          keepPerQuestion: 2
          sample: { questions: 50, perQuestion: 6 }
        """;

    private static string Errors(string yaml) => Assert.Throws<YamlFormatException>(() => RecipeReader.Parse(yaml, "toy.yaml")).Message;

    private static string Errors(string yaml, string find, string replace)
    {
        Assert.Contains(find, yaml, StringComparison.Ordinal);
        return Errors(yaml.Replace(find, replace, StringComparison.Ordinal));
    }

    [Fact]
    public void Parse_Preference_ReadsEverything()
    {
        PreferenceSettings settings = RecipeReader.Parse(Preference, "toy.yaml").Preference!;

        Assert.Equal(("cdpo", 0.2, 0.05, 2, 4), (settings.Loss, settings.Beta, settings.LabelSmoothing, settings.PairsPerQuestion, settings.PairsPerStep));
        Assert.Equal(new SamplingSettings(50, 6, 0.8, 40, 0.1, 0.9), settings.Sampling);
        Assert.Null(settings.File);
    }

    [Fact]
    public void Parse_PreferenceFile_NeedsNoQuestions()
    {
        TrainingRecipe recipe = RecipeReader.Parse(
            "name: p\nloop: preference\nmodel: { from: b.gguf }\ntraining: { steps: 1 }\npreference: { loss: simpo, file: pairs.jsonl }", Path.Combine(Path.GetTempPath(), "toy.yaml"));

        Assert.Equal(Path.Combine(Path.GetTempPath(), "pairs.jsonl"), recipe.Preference!.File);
        Assert.Equal((2.0, 1.0, false), (recipe.Preference.Beta, recipe.Preference.Margin, recipe.Preference.NeedsReference));
        Assert.Empty(recipe.Mixture);
    }

    [Theory]
    [InlineData("dpo", "dpo")]
    [InlineData("cdpo", "dpo")]
    [InlineData("robust", "dpo")]
    [InlineData("ipo", "ipo")]
    [InlineData("simpo", "simpo")]
    [InlineData("orpo", "orpo")]
    [InlineData("kto", "kto")]
    public void CreateLoss_EveryName_GivesItsObjective(string name, string id)
    {
        string yaml = $"name: p\nloop: preference\nmodel: {{ from: b.gguf }}\ntraining: {{ steps: 1 }}\npreference: {{ loss: {name}, file: pairs.jsonl }}";

        Assert.Equal(id, RecipeReader.Parse(yaml, "toy.yaml").Preference!.CreateLoss().Id);
    }

    [Fact]
    public void Parse_Reinforcement_OverridesTheBundleOneByOne()
    {
        ReinforcementSettings settings = RecipeReader.Parse(Reinforcement, "toy.yaml").Reinforcement!;

        Assert.Equal(("dapo", "grpo", "ppo-clip", "token-mean"), (settings.Algorithm, settings.Advantages, settings.Loss, settings.Aggregation));
        Assert.Equal((0.2, 0.28, true), (settings.ClipLow, settings.ClipHigh, settings.DynamicSampling));
        Assert.Equal((KlEstimator.K2, 0.01, null), (settings.KlEstimator, settings.KlCoefficient, settings.KlReference));
        Assert.Equal(Asynchrony.Async, settings.Mode);
        Assert.Equal((16, 0.5, 2, 0.02, 3.0), (settings.OverlongBuffer, settings.OverlongFactor, settings.Staleness, settings.MismatchLimit, settings.MismatchRatio));
        Assert.Equal([new RewardSetting("correct", 1), new RewardSetting("format", 0.1)], settings.Rewards);
    }

    [Theory]
    [InlineData("grpo", "grpo", "ppo-clip", "sequence-mean")]
    [InlineData("dr-grpo", "dr-grpo", "ppo-clip", "constant-length")]
    [InlineData("dapo", "grpo", "ppo-clip", "token-mean")]
    [InlineData("rloo", "rloo", "reinforce", "sequence-sum")]
    [InlineData("reinforce++", "reinforce++", "ppo-clip", "token-mean")]
    [InlineData("gspo", "grpo", "gspo", "sequence-mean")]
    [InlineData("cispo", "grpo", "cispo", "token-mean")]
    [InlineData("ppo", "reinforce++", "ppo-clip", "token-mean")]
    public void Parse_EveryAlgorithm_IsABundleOfStages(string algorithm, string advantages, string loss, string aggregation)
    {
        string yaml = $"name: p\nloop: reinforcement\nmodel: {{ from: b.gguf }}\ndata: {{ mixture: [ {{ family: lookup }} ] }}\ntraining: {{ steps: 1 }}\nreinforcement: {{ algorithm: {algorithm} }}";

        ReinforcementSettings settings = RecipeReader.Parse(yaml, "toy.yaml").Reinforcement!;

        Assert.Equal((algorithm, advantages, loss, aggregation), (settings.Algorithm, settings.Advantages, settings.Loss, settings.Aggregation));
        Assert.Equal([new RewardSetting("correct", 1)], settings.Rewards);
        Assert.Contains(algorithm, ReinforcementPresets.Names);
    }

    [Fact]
    public void Parse_Rejection_ReadsEverything()
    {
        RejectionSettings settings = RecipeReader.Parse(Rejection, "toy.yaml").Rejection!;

        Assert.Equal((3, 2, 50, 6), (settings.Rounds, settings.KeepPerQuestion, settings.Sampling.Questions, settings.Sampling.PerQuestion));
    }

    [Theory]
    [InlineData("loss: cdpo", "loss: cpdo", "line 7: 'preference.loss' is 'cpdo'. Did you mean 'cdpo'")]
    [InlineData("beta: 0.2", "beta: 0", "line 8: 'preference.beta' is 0, it must be positive")]
    [InlineData("beta: 0.2", "beta: strong", "'preference.beta' must be a number")]
    [InlineData("beta: 0.2", "bata: 0.2", "the key 'bata' is unknown. Did you mean 'beta'?")]
    [InlineData("labelSmoothing: 0.05", "labelSmoothing: 0.5", "'preference.labelSmoothing' is 0.5, it must lie in [0, 0.5)")]
    [InlineData("loss: cdpo", "loss: dpo", "'preference.labelSmoothing' is a setting of cdpo and robust")]
    [InlineData("labelSmoothing: 0.05", "margin: 1", "'preference.margin' is a setting of simpo")]
    [InlineData("labelSmoothing: 0.05", "desirable: 1", "'preference.desirable' is a setting of kto")]
    [InlineData("labelSmoothing: 0.05", "file: x.jsonl", "'preference.file' or 'sample': pairs have exactly one source")]
    [InlineData("pairsPerStep: 4", "pairsPerStep: 0", "'preference.pairsPerStep' is 0, it must be positive")]
    [InlineData("perQuestion: 6", "perQuestion: 1", "needs at least 2 answers per question")]
    [InlineData("temperature: 0.8", "temperature: 0", "'preference.sample.temperature' is 0, it must be positive")]
    [InlineData("lowest: 0.1", "lowest: 0.95", "'preference.sample.passRate.lowest' is above 'highest'")]
    [InlineData("highest: 0.9", "highest: 1.5", "'preference.sample.passRate.highest' is 1.5, it must lie in [0, 1]")]
    [InlineData("loop: preference", "loop: preferance", "'loop' is 'preferance'. Did you mean 'preference'")]
    [InlineData("loop: preference", "loop: rejection", "'preference' belongs to 'loop: preference'; this recipe's loop is rejection")]
    [InlineData("model: { from: base.gguf }", "model: { }", "'loop' is preference, which improves a model that can answer already: give model.from")]
    [InlineData("steps: 3", "steps: 3, tokensPerStep: 512", "'training.tokensPerStep' belongs to 'loop: supervised or rejection'")]
    [InlineData("name: pairs", "name: pairs\nvalidation: { examples: 4 }", "'validation' belongs to 'loop: supervised'")]
    [InlineData("name: pairs", "name: a/b", "'name' is 'a/b'; it names files")]
    [InlineData("name: pairs", "name: pairs\nseed: -1", "'seed' is -1, it must be at least 0")]
    public void Parse_PreferenceRuleBroken_NamesLineWhatAndExpected(string find, string replace, string expected) =>
        Assert.Contains(expected, Errors(Preference, find, replace), StringComparison.Ordinal);

    [Theory]
    [InlineData("algorithm: dapo", "algorithm: grop", "line 7: 'reinforcement.algorithm' is 'grop'. Did you mean 'grpo'")]
    [InlineData("groupSize: 4", "groupSize: 1", "compare the answers of a question and need at least 2")]
    [InlineData("groupSize: 4", "groupSize: many", "'reinforcement.groupSize' must be a whole number")]
    [InlineData("groupSize: 4", "grupSize: 4", "the key 'grupSize' is unknown. Did you mean 'groupSize'?")]
    [InlineData("groupSize: 4", "advantages: gpro", "'reinforcement.advantages' is 'gpro'. Did you mean 'grpo'")]
    [InlineData("groupSize: 4", "loss: ppo", "'reinforcement.loss' is 'ppo'")]
    [InlineData("groupSize: 4", "aggregation: token-maen", "Did you mean 'token-mean'")]
    [InlineData("groupSize: 4", "clipLow: 1", "'reinforcement.clipLow' is 1, it must lie in [0, 1)")]
    [InlineData("groupSize: 4", "clipHigh: -0.1", "'reinforcement.clipHigh' is -0.1, it must be at least 0")]
    [InlineData("groupSize: 4", "dualClip: 1", "'reinforcement.dualClip' is 1, it must exceed 1, or be none")]
    [InlineData("groupSize: 4", "updatesPerStep: 0", "'reinforcement.updatesPerStep' is 0, it must be positive")]
    [InlineData("groupSize: 4", "dynamicSampling: maybe", "'reinforcement.dynamicSampling' is 'maybe'; write true or false")]
    [InlineData("maximumTokens: 64", "maximumTokens: 8", "'reinforcement.overlong.buffer' is 16, it must not exceed 'maximumTokens', 8")]
    [InlineData("estimator: k2", "estimator: k5", "'reinforcement.kl.estimator' is 'k5'")]
    [InlineData("coefficient: 0.01", "coefficient: -1", "'reinforcement.kl.coefficient' is -1, it must be at least 0")]
    [InlineData("mode: async", "mode: off", "'reinforcement.staleness' is 2 while 'mode' is off")]
    [InlineData("mode: async", "mode: streaming", "'reinforcement.staleness' is 2 while 'mode' is streaming")]
    [InlineData("mode: async", "mode: asynch", "'reinforcement.mode' is 'asynch'. Did you mean 'async'")]
    [InlineData("ratio: 3", "ratio: 0.5", "'reinforcement.mismatch.ratio' is 0.5, it must be at least 1")]
    [InlineData("name: format", "name: correct", "'reinforcement.rewards[1].name' is 'correct', which is there twice")]
    [InlineData("name: format", "name: formatt", "'reinforcement.rewards[1].name' is 'formatt'. Did you mean 'format'")]
    [InlineData("weight: 1 }", "weight: 0 }", "line 16: 'reinforcement.rewards' has no component with a weight other than 0")]
    public void Parse_ReinforcementRuleBroken_NamesLineWhatAndExpected(string find, string replace, string expected) =>
        Assert.Contains(expected, Errors(find == "weight: 1 }" ? Reinforcement.Replace("weight: 0.1", "weight: 0", StringComparison.Ordinal) : Reinforcement, find, replace), StringComparison.Ordinal);

    [Theory]
    [InlineData("rounds: 3", "rounds: 0", "line 7: 'rejection.rounds' is 0, it must be positive")]
    [InlineData("keepPerQuestion: 2", "keepPerQuestion: two", "'rejection.keepPerQuestion' must be a whole number")]
    [InlineData("perQuestion: 6", "perQuestion: 0", "'rejection.sample.perQuestion' is 0, it must be at least 1")]
    [InlineData("questions: 50", "question: 50", "the key 'question' is unknown. Did you mean 'questions'")]
    [InlineData("rejection:\n", "reinforcement:\n", "'reinforcement' belongs to 'loop: reinforcement'; this recipe's loop is rejection")]
    public void Parse_RejectionRuleBroken_NamesLineWhatAndExpected(string find, string replace, string expected) =>
        Assert.Contains(expected, Errors(Rejection, find, replace), StringComparison.Ordinal);

    [Theory]
    [InlineData("adapter: { from: peft, rank: 2 }", "'adapter.rank' comes from the adapter that 'adapter.from' names")]
    [InlineData("adapter: { from: peft }", "merge that adapter into the model first")]
    [InlineData("adapter: { form: peft }", "the key 'form' is unknown. Did you mean 'from'?")]
    public void Parse_AdapterTrainedFurther_RuleBroken_IsNamed(string adapter, string expected)
    {
        Assert.Contains(expected, Errors(Preference, "model: { from: base.gguf }", "model: { from: base.gguf }\n" + adapter), StringComparison.Ordinal);
        Assert.Contains(expected, Errors(Reinforcement, "model: { from: base.gguf }", "model: { from: base.gguf }\n" + adapter), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_ManyErrors_NamesAllInTheOrderOfLines()
    {
        string broken = Preference.Replace("beta: 0.2", "beta: -1", StringComparison.Ordinal).Replace("steps: 3", "stepz: 3", StringComparison.Ordinal)
            .Replace("loss: cdpo", "loss: best", StringComparison.Ordinal).Replace("questions: 50", "questions: none", StringComparison.Ordinal);

        string message = Errors(broken);

        Assert.StartsWith("'toy.yaml' has ", message, StringComparison.Ordinal);
        int[] places = [.. ((string[])["the key 'stepz' is unknown", "the key 'training.steps' is missing", "'preference.loss' is 'best'", "'preference.beta' is -1", "'preference.sample.questions' must be a whole number"])
            .Select(part => message.IndexOf(part, StringComparison.Ordinal))];
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
    }

    [Fact]
    public void Parse_OneErrorReadTwice_IsNamedOnce()
    {
        string message = Errors(Preference, "steps: 3", "steps: 3, rowsPerBatch: none");

        Assert.Equal("'toy.yaml', line 5: 'training.rowsPerBatch' must be a whole number.", message);
    }

    [Fact]
    public void Find_UnknownAlgorithm_NamesTheNearest() =>
        Assert.Contains("Did you mean 'grpo'", Assert.Throws<RecipeException>(() => ReinforcementPresets.Find("gppo")).Message, StringComparison.Ordinal);
}
