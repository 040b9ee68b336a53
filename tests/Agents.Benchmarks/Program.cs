System.Console.WriteLine("Benchmarks: see the folders of this project.");
