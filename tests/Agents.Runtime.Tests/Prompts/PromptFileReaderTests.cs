using Agents.Prompts;
using Agents.Runtime.Prompts;

namespace Agents.Runtime.Tests.Prompts;

public sealed class PromptFileReaderTests
{
    [Theory]
    [InlineData("messages: [{role: user, template: x}]\ndescripton: y", "line 2: the key 'descripton' is unknown. Did you mean 'description'?")]
    [InlineData("messages:\n  - rol: user\n    template: x", "line 2: the key 'rol' is unknown. Did you mean 'role'?")]
    [InlineData("description: x", "'messages' is missing")]
    [InlineData("messages: []", "'messages' is empty")]
    [InlineData("messages: [{role: tool, template: x}]", "'messages[0].role' is 'tool'")]
    [InlineData("messages: [{role: user}]", "'messages[0].template' is missing")]
    [InlineData("messages: [{role: user, template: [x]}]", "'messages[0].template' must be text")]
    [InlineData("messages: x", "'messages' must be a list")]
    [InlineData("name: other\nmessages: [{role: user, template: x}]", "'name' is 'other'")]
    [InlineData("template_format: jinja\nmessages: [{role: user, template: x}]", "'jinja'")]
    [InlineData("input_variables: [{name: x}, {name: x}]\nmessages: [{role: user, template: x}]", "is 'x', which is declared twice")]
    [InlineData("input_variables: [{description: x}]\nmessages: [{role: user, template: x}]", "'input_variables[0].name' is missing")]
    [InlineData("[1, 2]", "exactly one YAML mapping")]
    [InlineData("a: 1\n---\nb: 2", "exactly one YAML mapping")]
    [InlineData("a: [1", "is no YAML")]
    [InlineData("", "exactly one YAML mapping")]
    [InlineData("a: &x 1\nb: *x", "line 2: aliases are not allowed")]
    [InlineData("name: a\nname: a", "no YAML")]
    public void Parse_BrokenFile_SaysWhatAndWhere(string yaml, string expected)
    {
        var error = Assert.Throws<PromptException>(() => PromptFileReader.Parse(yaml, "folder/a", "a.yaml"));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("a.yaml", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_DeepNesting_IsRefusedWithoutRecursion()
    {
        var error = Assert.Throws<PromptException>(() => PromptFileReader.Parse(new string('[', 100_000), "a"));

        Assert.Contains("nested deeper", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_NameWithOrWithoutFolder_IsAccepted()
    {
        Assert.Equal("folder/a", PromptFileReader.Parse("name: a\nmessages: [{role: user, template: x}]", "folder/a").Name);
        Assert.Equal("folder/a", PromptFileReader.Parse("name: folder/a\nmessages: [{role: user, template: x}]", "folder/a").Name);
    }

    [Fact]
    public void Parse_WindowsLineEndings_BecomeNewlines()
    {
        PromptFile file = PromptFileReader.Parse("messages:\r\n  - role: user\r\n    template: |\r\n      a\r\n      b\r\n\r\n", "a");

        Assert.Equal("a\nb", file.Messages[0].Template);
    }

    [Fact]
    public void Read_FileAboveTheLimit_IsRefusedBeforeReading()
    {
        string path = Path.GetTempFileName();
        try
        {
            using (FileStream stream = File.OpenWrite(path))
            {
                stream.SetLength(PromptFileReader.MaximumBytes + 1);
            }

            Assert.Contains("the limit is", Assert.Throws<PromptException>(() => PromptFileReader.Read(path, "a")).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("tiny-*", "tiny-1", true)]
    [InlineData("tiny-*", "TINY-1", true)]
    [InlineData("tiny-*", "tiny", false)]
    [InlineData("*qwen*", "my-qwen2.5", true)]
    [InlineData("a*a", "a", false)]
    [InlineData("a*b*c", "a1b2c", true)]
    [InlineData("a*b*c", "acb", false)]
    [InlineData("*", "anything", true)]
    [InlineData("gpt", "gpt-4", false)]
    public void Fits_Pattern_MatchesWholeNames(string pattern, string model, bool expected) =>
        Assert.Equal(expected, (PromptFileReader.Parse("messages: [{role: user, template: x}]", "a") with { Models = [pattern] }).Fits(model));
}
