fn leaf() {}
