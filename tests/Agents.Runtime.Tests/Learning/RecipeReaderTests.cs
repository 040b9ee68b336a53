using Agents.Runtime.Learning;
using Agents.Runtime.Yaml;

namespace Agents.Runtime.Tests.Learning;

public sealed class RecipeReaderTests
{
    internal const string Valid = """
        name: toy
        seed: 3
        model: { architecture: llama, vocabulary: 300, hidden: 32, layers: 1, heads: 2, keyValueHeads: 1, headSize: 16, feedForward: 48, context: 256 }
        tokenizer: { preTokenizer: qwen2, examples: 50, reservedTokens: 2 }
        data:
          promptWeight: 0
          mixture:
            - { family: arithmetic, role: solve, weight: 2 }
            - { family: lookup, role: aggregate, weight: 1 }
        training: { steps: 4, tokensPerStep: 1_024, rowsPerBatch: 512, maximumSequence: 256, overlong: keepStart, learningRate: 0.003 }
        validation: { everySteps: 2, examples: 4 }
        output: { type: q8_0 }
        """;

    [Fact]
    public void Parse_ValidRecipe_ReadsEverything()
    {
        TrainingRecipe recipe = RecipeReader.Parse(Valid, "toy.yaml");

        Assert.Equal("toy", recipe.Name);
        Assert.Equal(300, recipe.Shape!.VocabularySize);
        Assert.True(recipe.Shape.TiedEmbeddings);
        Assert.Equal(2, recipe.Mixture.Length);
        Assert.Equal("aggregate", recipe.Mixture[1].Role);
        Assert.Equal(1024, recipe.Packing.TokensPerStep);
        Assert.Equal(0.003, recipe.LearningRate.Peak);
        Assert.Equal(0, recipe.PromptWeight);
        Assert.Equal(64, recipe.Hash.Length);
    }

    [Fact]
    public void Parse_Adapter_ReadsItAndTheDefaultsOfFineTuning()
    {
        const string yaml = """
            name: toy
            seed: 4
            model: { from: base.gguf }
            adapter: { kind: rslora, rank: 3, alpha: 5, targets: [ q_proj, v_proj ] }
            data: { mixture: [ { family: lookup } ] }
            training: { steps: 2, rowsPerBatch: 512, tokensPerStep: 512, maximumSequence: 128 }
            """;

        TrainingRecipe recipe = RecipeReader.Parse(yaml, "toy.yaml");
        TrainingRecipe plain = RecipeReader.Parse(Valid, "toy.yaml");

        Assert.Null(plain.Adapter);
        Assert.Equal(["q_proj", "v_proj"], recipe.Adapter!.Adapter.TargetModules);
        Assert.Equal((3, 5.0, true, 4ul), (recipe.Adapter.Adapter.Rank, recipe.Adapter.Adapter.Alpha, recipe.Adapter.Adapter.RankStabilized, recipe.Adapter.Adapter.Seed));
        Assert.Equal((512, true, 0.999, 0.0), (recipe.Adapter.MaximumRows, recipe.Adapter.RecomputeLayers, recipe.Adapter.Optimizer.Beta2, recipe.Adapter.Optimizer.WeightDecay));
    }

    [Theory]
    [InlineData("tokensPerStep", "tokensPerStap", "the key 'tokensPerStap' is unknown. Did you mean 'tokensPerStep'?")]
    [InlineData("steps: 4", "steps: four", "line 10: 'training.steps' must be a whole number")]
    [InlineData("steps: 4", "steps: 0", "'training.steps' is 0, it must be positive")]
    [InlineData("name: toy", "title: toy", "the key 'title' is unknown")]
    [InlineData("name: toy", "name: toy\nadapter: { rank: 2 }", "'adapter' needs a model to change: give model.from")]
    [InlineData("type: q8_0", "type: q9_0", "'output.type' is 'q9_0'. Did you mean 'q8_0'")]
    [InlineData("weight: 2", "weight: -1", "'data.mixture[0].weight' is -1, it must be positive")]
    [InlineData("family: arithmetic, ", "", "a part of the mixture has exactly one of them")]
    [InlineData("keyValueHeads: 1", "keyValueHeads: 3", "gives an impossible model")]
    [InlineData("maximumSequence: 256", "maximumSequence: 512", "do not fit the model's context of 256")]
    [InlineData("rowsPerBatch: 512", "rowsPerBatch: 100", "rows per batch cannot hold a sequence")]
    [InlineData("name: toy", "name: [", "is no YAML")]
    public void Parse_RuleBroken_NamesFileKeyAndWayOut(string find, string replace, string expected)
    {
        YamlFormatException error = Assert.Throws<YamlFormatException>(() => RecipeReader.Parse(Valid.Replace(find, replace, StringComparison.Ordinal), "toy.yaml"));

        Assert.StartsWith("'toy.yaml'", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_EmptyMixture_IsRefused()
    {
        string yaml = Valid.Replace("    - { family: arithmetic, role: solve, weight: 2 }\n    - { family: lookup, role: aggregate, weight: 1 }", "    []", StringComparison.Ordinal);

        Assert.Contains("'data.mixture' is empty", Assert.Throws<YamlFormatException>(() => RecipeReader.Parse(yaml, "toy.yaml")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_AliasesAndDeepNesting_AreRefused()
    {
        Assert.Contains("aliases", Assert.Throws<YamlFormatException>(() => RecipeReader.Parse("name: &a x\nseed: *a", "f")).Message, StringComparison.Ordinal);
        Assert.Contains("nested deeper", Assert.Throws<YamlFormatException>(() => RecipeReader.Parse("name: " + new string('[', 40) + new string(']', 40), "f")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingFile_NamesIt()
    {
        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() => RecipeReader.Read("nowhere.yaml"));

        Assert.Contains("There is no recipe 'nowhere.yaml'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ShippedRecipes_AreValid()
    {
        string folder = Path.Combine(RepositoryFolder.Path, "samples", "recipes");
        string[] files = Directory.GetFiles(folder, "*.yaml");

        Assert.NotEmpty(files);
        Assert.All(files, file => MixtureSource.Resolve(RecipeReader.Read(file).Mixture));
        Assert.Equal(Enum.GetValues<TrainingLoop>(), files.Select(file => RecipeReader.Read(file).Loop).Distinct().Order());
    }
}
